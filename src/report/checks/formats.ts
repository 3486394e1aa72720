/**
 * The formats of a check by the name that `--format` takes. A new format is a file of its own and a line here.
 */
import type { CheckFormat } from './format.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { sarif } from './sarif.ts'
import { tap } from './tap.ts'
import { text } from './text.ts'

export const CHECK_FORMATS = { text, json, junit, sarif, github, gitlab, tap } as const satisfies Record<
  string,
  CheckFormat
>
export type CheckFormatName = keyof typeof CHECK_FORMATS
export const CHECK_FORMAT_NAMES = Object.keys(CHECK_FORMATS) as CheckFormatName[]
