/**
 * The formats of the report by the name that `--format` takes. A new format is a file of its own and a line here.
 */
import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { json } from './json.ts'
import { markdown } from './markdown.ts'
import { ndjson } from './ndjson.ts'
import { table } from './table.ts'

export const FORMATS = { table, json, ndjson, csv, markdown } as const satisfies Record<string, Format>
export type FormatName = keyof typeof FORMATS
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[]
