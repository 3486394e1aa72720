/**
 * Terminal output in Markdown that is what the program prints: in a block marked `console`, a line `$ finwait …` is
 * followed by what that command prints, in a terminal that is 100 columns wide.
 */

/** Runs `finwait` with these words; returns what it prints. */
export type RunCommand = (words: readonly string[]) => Promise<string>

/** Columns of the terminal: what a page shows without scrolling. */
export const CONSOLE_COLUMNS = 100

const BLOCK = /(?<=^```console\n)[\s\S]*?(?=^```$)/gm

/** The commands of a page, in order. */
export function commandsOf(markdown: string): string[] {
  const blocks = markdown.match(BLOCK) ?? []
  return blocks.flatMap((block) => block.split('\n').filter(isCommand))
}

/** The page with the output of every command as it is now. */
export async function withOutputs(markdown: string, run: RunCommand): Promise<string> {
  let page = ''
  let end = 0
  for (const { 0: block, index } of markdown.matchAll(BLOCK)) {
    page += markdown.slice(end, index) + (await outputsOf(block, run))
    end = index + block.length
  }
  return page + markdown.slice(end)
}

async function outputsOf(block: string, run: RunCommand): Promise<string> {
  const parts: string[] = []
  for (const command of block.split('\n').filter(isCommand)) {
    const printed = await run(wordsOf(command))
    const lines = printed.split('\n').map((line) => line.trimEnd())
    parts.push(`${command}\n${lines.join('\n').trimEnd()}\n`)
  }
  return parts.join('\n')
}

function isCommand(line: string): boolean {
  return line.startsWith('$ finwait ')
}

/** The words of the command; those in single quotes are one. */
function wordsOf(command: string): string[] {
  const words = command.slice('$ finwait '.length).match(/'[^']*'|\S+/g) ?? []
  return words.map((word) => word.replace(/^'(.*)'$/, '$1'))
}
