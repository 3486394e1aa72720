/**
 * What does not hold, and the looks at text that both judges take.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'

export class Failure extends Error {
  override readonly name = 'Failure'
}

/** Below the working directory, as the compiled fuzzer lies elsewhere. */
const schema = JSON.parse(readFileSync(join('schema', 'report.schema.json'), 'utf8'))
const ajv = new Ajv2020({ allErrors: false, strict: true, strictRequired: false, allowUnionTypes: true })
ajv.addSchema(schema, 'report')
const isReport = ajv.getSchema('report')!
const isLine = ajv.getSchema('report#/$defs/line')!
const isShow = ajv.getSchema('report#/$defs/show')!

export function expectValidReport(json: string): void {
  expectValid(isReport, json)
}

export function expectValidLines(ndjson: string): void {
  for (const line of ndjson.trimEnd().split('\n')) expectValid(isLine, line)
}

export function expectValidShow(json: string): void {
  expectValid(isShow, json)
}

function expectValid(validate: typeof isReport, json: string): void {
  if (!validate(JSON.parse(json))) throw new Failure(`not as the schema says: ${JSON.stringify(validate.errors)}`)
}

/** No control characters but line breaks. */
export function expectPrintable(text: string, what: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  const found = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/.exec(text)
  if (found) throw new Failure(`${what} prints the character ${found[0].charCodeAt(0)}`)
}
