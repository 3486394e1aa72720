/**
 * `--format json`: the model as it is.
 */
import { escapeJson } from '../escape.ts'
import type { CheckFormat } from './format.ts'

export const json: CheckFormat = {
  purpose: 'one document, finwait/check/1',
  text: (report) => `${escapeJson(JSON.stringify(report, null, 2))}\n`,
}
