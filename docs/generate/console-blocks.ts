/**
 * Terminal output in Markdown that is what the program prints: in a block marked `console`, a line `$ finwait …` is
 * followed by what that command prints, in a terminal that is 100 columns wide. `console lines=30` shows the first 30
 * lines, and an ellipsis for the rest.
 */

/** Runs `finwait` with these words; returns what it prints. */
export type RunCommand = (words: readonly string[]) => Promise<string>

/** Columns of the terminal: what a page shows without scrolling. */
export const CONSOLE_COLUMNS = 100

const BLOCK = /^(?<mark>```console(?: lines=(?<lines>\d+))?\n)(?<shown>[\s\S]*?)^```$/gm

/** The commands of a page, in order. */
export function commandsOf(markdown: string): string[] {
  return [...markdown.matchAll(BLOCK)].flatMap(({ groups }) => groups!.shown!.split('\n').filter(isCommand))
}

/** The page with the output of every command as it is now. */
export async function withOutputs(markdown: string, run: RunCommand): Promise<string> {
  let page = ''
  let end = 0
  for (const { 0: block, index, groups } of markdown.matchAll(BLOCK)) {
    const { mark, lines, shown } = groups as { mark: string; lines?: string; shown: string }
    const outputs = await outputsOf(shown, lines === undefined ? Number.POSITIVE_INFINITY : Number(lines), run)
    page += `${markdown.slice(end, index)}${mark}${outputs}\`\`\``
    end = index + block.length
  }
  return page + markdown.slice(end)
}

async function outputsOf(shown: string, most: number, run: RunCommand): Promise<string> {
  const parts: string[] = []
  for (const command of shown.split('\n').filter(isCommand)) {
    const printed = await run(wordsOf(command))
    const lines = printed
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd())
    const rest = lines.length > most ? ['…'] : []
    parts.push([command, ...lines.slice(0, most), ...rest, ''].join('\n'))
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
