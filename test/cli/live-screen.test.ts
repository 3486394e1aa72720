/** The live screen in a terminal: driven by tmux from the first picture to the terminal's old face. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { abilityOf, ENGINES } from '../../src/source/live/choose-engine.ts'
import { hasProgram, requirement } from '../support/require.ts'
import { ROOT } from '../support/source-tree.ts'

const { error } = await abilityOf(ENGINES.tcpdump, 'lo')
const isPossible = error === null && hasProgram('tmux', '-V')

requirement(
  'tmux',
  isPossible,
  error?.message ?? 'tmux is not installed',
)('the live screen', () => {
  /** Each with a server of its own: the one before may still be on its way out. */
  let sessions = 0
  const tmux = (...words: string[]) =>
    execFileSync('tmux', ['-L', `finwait-${process.pid}-${sessions}`, ...words], { encoding: 'utf8' })
  const screen = () => tmux('capture-pane', '-p')
  let server: Server
  let client: Socket

  async function until(isSo: (text: string) => boolean): Promise<string> {
    const limit = Date.now() + 15_000
    for (;;) {
      const text = screen()
      if (isSo(text)) return text
      if (Date.now() > limit) throw new Error(`waited in vain:\n${text}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** One connection, closed by its client only: FIN-WAIT-2 there, CLOSE-WAIT here. */
  beforeEach(async () => {
    sessions++
    server = createServer({ allowHalfOpen: true }, (socket) => socket.resume())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const live = `${process.execPath} ${join(ROOT, 'bin', 'finwait.js')} live -i lo -f 'tcp port ${port}'`
    tmux('new-session', '-d', '-x', '110', '-y', '30', `LANG=C.UTF-8 ${live}; echo "ended with $?"; sleep 60`)
    await until((text) => text.includes('finwait  lo by tcpdump'))
    client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    await once(client, 'connect')
    client.end('hello')
  })

  afterEach(() => {
    tmux('kill-server')
    client.destroy()
    server.close()
  })

  it('shows both states of a connection, its ladder, what a filter leaves, and gives the terminal back', async () => {
    await until((text) => /FIN-WAIT-2 +CLOSE-WAIT/.test(text) && /CLOSE-WAIT +1 /.test(text))
    tmux('send-keys', 'Enter')
    await until((text) => /Connection 0: 127\.0\.0\.1/.test(text) && text.includes('SYN seq=0'))
    tmux('send-keys', 'Escape')
    await until((text) => text.includes('? help'))
    for (const key of ['/', ...'listen', 'Enter']) tmux('send-keys', key)
    await until((text) => text.includes('with "listen": 0') && !/FIN-WAIT-2 +CLOSE-WAIT/.test(text))
    tmux('send-keys', 'q')
    const report = await until((text) => text.includes('ended with 0'))
    expect(report).toMatch(/connections {2}1\n/)
    expect(tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}').trim()).toBe('0 1 1')
  })

  it.each([
    ['Ctrl-C', () => tmux('send-keys', 'C-c')],
    ['SIGTERM', () => process.kill(finwaitOf(tmux('display', '-p', '#{pane_pid}').trim()), 'SIGTERM')],
  ])('gives the terminal back after %s, with the report', async (_, end) => {
    await until((text) => /FIN-WAIT-2 +CLOSE-WAIT/.test(text))
    end()
    const report = await until((text) => text.includes('ended with 130'))
    expect(report).toMatch(/connections {2}1\n/)
    expect(tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}').trim()).toBe('0 1 1')
  })
})

requirement(
  'tmux',
  hasProgram('tmux', '-V'),
  'tmux is not installed',
)('the terminal', () => {
  it('is as before after an exception that nobody catches', () => {
    const tmux = (...words: string[]) =>
      execFileSync('tmux', ['-L', `finwait-bug-${process.pid}`, ...words], { encoding: 'utf8' })
    const program = `
      import { Screen } from '${join(ROOT, 'dist', 'cli', 'live', 'screen.js')}'
      new Screen(process, process.stdin, () => {}).open()
      setTimeout(() => { throw new Error('a bug') }, 100)`
    tmux(
      'new-session',
      '-d',
      '-e',
      `PROGRAM=${program}`,
      `${process.execPath} --input-type=module -e "$PROGRAM"; tmux wait-for -S over; sleep 60`,
    )
    try {
      tmux('wait-for', 'over')
      expect(tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}').trim()).toBe('0 1 1')
      expect(tmux('capture-pane', '-p')).toContain('Error: a bug')
    } finally {
      tmux('kill-server')
    }
  })
})

/** The child of the shell in the pane. */
function finwaitOf(shell: string): number {
  return Number(execFileSync('pgrep', ['-P', shell, '-f', 'finwait.js'], { encoding: 'utf8' }).trim())
}
