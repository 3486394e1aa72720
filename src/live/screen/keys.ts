/**
 * What a terminal in raw mode sends → keys.
 */

const SEQUENCES: Readonly<Record<string, string>> = {
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x1b[5~': 'page-up',
  '\x1b[6~': 'page-down',
  '\x1b[H': 'home',
  '\x1b[1~': 'home',
  '\x1bOH': 'home',
  '\x1b[F': 'end',
  '\x1b[4~': 'end',
  '\x1bOF': 'end',
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'interrupt',
}

/** An escape sequence, whole; or one character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are sequences that begin with ESC.
const KEY = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[A-Z])|[\s\S]/gu

/** Names of the keys in one piece of input; a printable character is its own name, what is not known is left out. */
export function keysOf(input: string): string[] {
  return (input.match(KEY) ?? []).flatMap((text) => {
    if (text === '\x1b') return ['escape']
    const name = SEQUENCES[text] ?? text
    return name.length > 1 && name === text ? [] : isControl(name) ? [] : [name]
  })
}

function isControl(text: string): boolean {
  return text.length === 1 && text < ' '
}
