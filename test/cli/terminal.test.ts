import { describe, expect, it } from 'vitest'
import { terminalOf } from '../../src/cli/terminal.ts'
import { FakeProcess } from '../support/fake-process.ts'

function terminal(
  env: Record<string, string>,
  isTTY: boolean,
  isStdout = true,
  wantsColour = true,
  platform = 'linux',
) {
  const fake = new FakeProcess()
  fake.env = { LANG: 'en_US.UTF-8', ...env }
  fake.platform = platform
  fake.stdout.isTTY = isTTY
  fake.stdout.columns = 97
  const { width, palette, unicode } = terminalOf(fake, isStdout, wantsColour)
  return { width, unicode, hasColour: palette.red('x') !== 'x' }
}

describe('the terminal', () => {
  it('gives its width and takes colours', () => {
    expect(terminal({}, true)).toEqual({ width: 97, unicode: true, hasColour: true })
  })

  it('is none in a pipe, and none when the report goes to a file', () => {
    expect(terminal({}, false)).toEqual({ width: null, unicode: true, hasColour: false })
    expect(terminal({}, true, false)).toEqual({ width: null, unicode: true, hasColour: false })
  })

  it('has no colours under NO_COLOR, --no-color and TERM=dumb', () => {
    expect(terminal({ NO_COLOR: '1' }, true).hasColour).toBe(false)
    expect(terminal({ NO_COLOR: '' }, true).hasColour).toBe(true)
    expect(terminal({ NO_COLOR: '1', FORCE_COLOR: '1' }, true).hasColour).toBe(false)
    expect(terminal({}, true, true, false).hasColour).toBe(false)
    expect(terminal({ TERM: 'dumb' }, true).hasColour).toBe(false)
  })

  it('has colours in a pipe under FORCE_COLOR', () => {
    expect(terminal({ FORCE_COLOR: '1' }, false).hasColour).toBe(true)
    expect(terminal({ FORCE_COLOR: '0' }, true).hasColour).toBe(false)
  })

  it('is ASCII where the locale is not UTF-8', () => {
    expect(terminal({ LANG: 'C' }, true).unicode).toBe(false)
    expect(terminal({ LANG: '' }, true).unicode).toBe(false)
    expect(terminal({ LC_ALL: 'C' }, true).unicode).toBe(false)
    expect(terminal({ LC_ALL: 'de_DE.utf8', LANG: 'C' }, true).unicode).toBe(true)
    expect(terminal({ LANG: 'C' }, false).unicode).toBe(true)
    expect(terminal({ LANG: '' }, true, true, true, 'win32').unicode).toBe(true)
  })
})
