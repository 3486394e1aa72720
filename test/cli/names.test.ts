/**
 * `--names`, and what hostile names cannot do.
 */
import { describe, expect, it } from 'vitest'
import { opened, PAIR } from '../findings/packets.ts'
import { enhancedPacket, interfaceDescription, nameResolution, pcapng, section } from '../support/build-capture.ts'
import { temporaryDirectory, writeCapture } from '../support/capture-files.ts'
import { finwait } from '../support/fake-process.ts'

const directory = temporaryDirectory()

/** A connection, and then a block that names its server, as Wireshark writes it. */
function captureNaming(name: string, file: string): string {
  const option = { code: 1, value: new TextEncoder().encode(`${name}\0`) }
  const blocks = [
    section({ options: [option] }),
    interfaceDescription({ name, options: [option] }),
    ...opened(PAIR, 1).map(({ seconds, data }) => enhancedPacket({ seconds: Math.floor(seconds), data })),
    nameResolution([{ address: Uint8Array.of(10, 0, 0, 2), names: [name] }]),
  ]
  return writeCapture(directory, file, pcapng(...blocks))
}

describe('--names', () => {
  const capture = captureNaming('web.example', 'plain.pcapng')

  it('shows the names that the end of the capture tells', async () => {
    const { stdout } = await finwait('--names', capture)
    expect(stdout).toMatch(/10\.0\.0\.1:40000 +web\.example:80/)
    const shown = await finwait('show', '--names', capture, '0')
    expect(shown.stdout).toContain('web.example is 10.0.0.2')
  })

  it('shows them for connections that were over long before', async () => {
    const lines = (await finwait('--names', '--format', 'ndjson', '--max-connections', '1', capture, capture)).stdout
    const [first] = lines.split('\n')
    expect(JSON.parse(first!)).toMatchObject({ server: { address: '10.0.0.2', name: 'web.example' } })
  })

  it('is needed for it', async () => {
    const { stdout } = await finwait(capture)
    expect(stdout).not.toContain('web.example')
    expect(stdout).toContain('10.0.0.2:80')
  })
})

describe('a name chosen by a stranger', () => {
  const hostile = '\u001b[2J\u009b31m\u202e=HYPERLINK("x")|<img src=x onerror=alert(1)>@all `x` [l](http://e.example)'
  const capture = captureNaming(hostile, 'hostile.pcapng')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
  const RAW = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/

  it.each(['table', 'json', 'ndjson', 'csv', 'markdown'])('is harmless in %s', async (format) => {
    const { stdout, stderr } = await finwait('--names', '--format', format, capture)
    expect(stdout).toContain('HYPERLINK')
    expect(stdout + stderr).not.toMatch(RAW)
  })

  it('is harmless in the ladder', async () => {
    const { stdout } = await finwait('show', '--names', capture, '0')
    expect(stdout).toContain('HYPERLINK')
    expect(stdout).not.toMatch(RAW)
  })

  it('is no markup in Markdown', async () => {
    const { stdout } = await finwait('--names', '--format', 'markdown', capture)
    expect(stdout).not.toMatch(/<img|@all|\]\(http|[^\\]`x/)
    const row = stdout.split('\n').find((line) => line.includes('HYPERLINK'))!
    const [, titles] = stdout.split('### Connections\n\n')
    const cells = (line: string) => line.match(/(?<!\\)\|/g)!.length
    expect(cells(row)).toBe(cells(titles!.split('\n')[0]!))
  })

  it('is no formula in CSV, wherever it starts', async () => {
    const formula = captureNaming('=cmd()', 'formula.pcapng')
    const { stdout } = await finwait('--names', '--format', 'csv', formula)
    expect(stdout).toContain(`,'=cmd()`)
  })
})
