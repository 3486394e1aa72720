/**
 * `--format table`: what a person reads first. Connections, findings with their frames, a summary that is still on
 * the screen when ten thousand connections went by. Keeps what it shows and no more.
 */
import { type ConnectionWords, connectionLines, connectionWords } from './connection-table.ts'
import { FindingsDigest } from './findings-digest.ts'
import { findingLines } from './findings-text.ts'
import type { Format } from './format.ts'
import { passOver } from './pass-over.ts'
import { Selection } from './selection.ts'
import { captureLines, summaryLines } from './summary-text.ts'
import { printable } from './text.ts'

export const table: Format = {
  purpose: 'for reading',
  begin(options) {
    const selection = new Selection<ConnectionWords>(options.limit)
    const digest = new FindingsDigest(options.limit)
    return {
      connection(connection) {
        selection.offer(connectionWords(connection, options))
        digest.addConnection(connection)
        return ''
      },
      passOver: passOver(selection, digest),
      *end(rest, notSelected) {
        digest.addCapture(rest.findings)
        const blocks = [
          captureLines(rest, options),
          connectionLines(selection, options),
          findingLines(digest, options),
          summaryLines(rest, notSelected, digest, selection.loudest(), options),
        ].filter((lines) => lines.length > 0)
        yield printable(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`, options.unicode)
      },
    }
  },
}
