/**
 * Each format of a check against its schema, or read by a program that it is made for.
 */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { CHECK_FORMATS, type CheckFormatName } from '../../../src/report/checks/formats.ts'
import { RULES } from '../../../src/report/checks/model.ts'
import { PLAIN } from '../../../src/report/palette.ts'
import { NASTY, sampleCheck } from '../../support/sample-check.ts'

function written(format: CheckFormatName): string {
  return CHECK_FORMATS[format].text(sampleCheck(), { width: null, palette: PLAIN, unicode: true })
}

describe.each(Object.keys(CHECK_FORMATS) as CheckFormatName[])('%s', (format) => {
  it('prints no control character, and nothing that turns text around', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what this looks for.
    expect(written(format)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

describe('json', () => {
  const schema = JSON.parse(readFileSync(new URL('../../../schema/check.schema.json', import.meta.url), 'utf8'))
  const isCheck = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema)

  it('is as schema/check.schema.json says, and keeps every text', () => {
    const report = JSON.parse(written('json'))
    expect(isCheck(report) ? [] : isCheck.errors).toEqual([])
    expect(report).toEqual(sampleCheck())
  })

  it('has the rules that there are', () => {
    expect(schema.$defs.result.properties.rule.enum).toEqual(Object.keys(RULES))
  })

  it('has no field that the schema does not know', () => {
    const report = sampleCheck()
    Object.assign(report.captures[1]!.results[0]!.violations[0]!, { more: 1 })
    expect(isCheck(report)).toBe(false)
  })
})

describe('text', () => {
  it('shows what is in a name as it is', () => {
    const lines = written('text').split('\n')
    expect(lines.filter((line) => line.includes('\\x1b[2J\\x0a\\u{202e}ok')).length).toBe(5)
    expect(NASTY).toContain('\u001b[2J\n\u202eok')
  })

  it('says how many more there are', () => {
    expect(written('text')).toContain('\n    and 20 more\n')
  })
})
