/**
 * Each format of a check against its schema, or read by a program that it is made for.
 */
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Log } from 'sarif'
import { Parser } from 'tap-parser'
import { describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
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

/** As it is shown where control characters cannot be. */
const SHOWN = NASTY.replace('\u001b', '\\x1b').replace('\n', '\\x0a').replace('\u202e', '\\u{202e}')

describe('junit', () => {
  const schema = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8')
  const errorsOf = async (contents: string) =>
    (await validateXML({ xml: [{ fileName: 'report.xml', contents }], schema: [schema] })).errors

  it('is the XML that Jenkins and GitLab read', async () => {
    expect(await errorsOf(written('junit'))).toEqual([])
    expect(await errorsOf(written('junit').replace(/ tests="\d+"/, ''))).not.toEqual([])
  })

  it('counts what it lists', () => {
    const xml = written('junit')
    expect(xml).toContain('<testsuites name="finwait check" tests="16" failures="2" errors="2">')
    expect(xml.match(/<testcase /g)).toHaveLength(16)
    expect(xml.match(/<failure /g)).toHaveLength(2)
    expect(xml.match(/<error /g)).toHaveLength(2)
  })

  it('holds texts as they are, but for what nobody should see', () => {
    const text = written('junit').match(/<error message="([^"]*)"/)![1]!
    const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
    expect(text.replace(/&(\w+);/g, (_, name) => entities[name]!)).toBe(`could not be read: byte 123: ${SHOWN}`)
  })
})

describe('sarif', () => {
  const path = new URL(
    '../../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
    import.meta.url,
  )
  // JSON Schema draft 4, of which ajv reads all that is in it but the names of the draft and of the schema.
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(path, 'utf8'))
  const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema)

  it('is as the schema of SARIF 2.1.0 says', () => {
    const log = JSON.parse(written('sarif'))
    expect(isSarif(log) ? [] : isSarif.errors).toEqual([])
    log.runs[0].results[0].level = 'bad'
    expect(isSarif(log)).toBe(false)
  })

  it('has what GitHub code scanning needs: a line, a known rule, a name that is its own', () => {
    const [run] = (JSON.parse(written('sarif')) as Log).runs
    const rules = run!.tool.driver.rules!.map(({ id }) => id)
    const results = run!.results!
    expect(results).toHaveLength(5)
    for (const { ruleId, locations } of results) {
      expect(rules).toContain(ruleId)
      expect(locations![0]!.physicalLocation!.region!.startLine).toBeGreaterThan(0)
    }
    expect(results[0]!.locations![0]!.physicalLocation!.artifactLocation!.uri).toBe('web.pcapng.expect.yaml')
    const names = results.map(({ partialFingerprints }) => Object.values(partialFingerprints!)[0])
    expect(new Set(names).size).toBe(names.length)
  })

  it('names files by URIs', () => {
    const uris = written('sarif').match(/"uri": "[^"]*"/g)!
    expect(uris.every((uri) => /^"uri": "[\w.~!*'()%/-]+"$/.test(uri))).toBe(true)
  })
})

describe('github', () => {
  const lines = written('github').split('\n')
  const commands = lines.filter((line) => line.startsWith('::'))

  it('is one workflow command for each expectation that is not met, at its line', () => {
    expect(commands).toHaveLength(4)
    expect(commands[0]).toMatch(
      /^::error file=web\.pcapng\.expect\.yaml,line=3,col=5,title=[^:,]*::expected this, seen /,
    )
    expect(commands[0]).toMatch(/%0AWireshark: tcp\.stream eq 2 .*%0Aand 21 more$/)
  })

  it('lets no text of a capture begin another command', () => {
    expect(commands.slice(0, 3).every((line) => !/[^%]%(?!25|0A|3A|2C)/.test(line))).toBe(true)
    expect(lines.join('\n')).not.toContain('##[')
    expect(commands.every((line) => line.startsWith('::error '))).toBe(true)
  })

  it('shows ten at most, as GitHub does, and says how many more there are', () => {
    const report = sampleCheck()
    report.captures = Array.from({ length: 6 }, () => structuredClone(report.captures[1]!))
    const text = CHECK_FORMATS.github.text(report, { width: null, palette: PLAIN, unicode: true })
    const shown = text.split('\n').filter((line) => line.startsWith('::'))
    expect(shown).toHaveLength(10)
    expect(shown.at(-1)).toBe('::error title=finwait::3 more, see the log')
  })

  it('has the text for the log below', () => {
    expect(lines).toContain('ok     good.pcap  8 expectations, 2 connections')
  })
})

describe('gitlab', () => {
  const isReport = new Ajv2020({ allErrors: true }).compile({
    type: 'array',
    items: {
      type: 'object',
      required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
      properties: {
        description: { type: 'string', minLength: 1 },
        check_name: { type: 'string', minLength: 1 },
        fingerprint: { type: 'string', minLength: 1 },
        severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
        location: {
          type: 'object',
          required: ['path', 'lines'],
          properties: {
            path: { type: 'string', pattern: '^(?!\\./)' },
            lines: { type: 'object', required: ['begin'], properties: { begin: { type: 'integer', minimum: 1 } } },
          },
        },
      },
    },
  })

  it('has the fields that the documentation of GitLab asks for', () => {
    const report = JSON.parse(written('gitlab'))
    expect(isReport(report) ? [] : isReport.errors).toEqual([])
    expect(report).toHaveLength(5)
  })

  it('gives no two issues the same fingerprint', () => {
    const prints = (JSON.parse(written('gitlab')) as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint)
    expect(new Set(prints).size).toBe(prints.length)
  })
})

describe('tap', () => {
  it('is read by a parser of TAP: every expectation by its name, failures with what was seen', () => {
    const points = Parser.parse(written('tap')).flatMap((event) => (event[0] === 'assert' ? [event[1]] : []))
    expect(points).toHaveLength(16)
    const failed = points.filter(({ ok }) => !ok)
    expect(failed.map(({ todo, skip }) => [todo, skip])).toEqual(failed.map(() => [false, false]))
    expect(failed[0]!.name).toContain('# TODO {}')
    expect(failed[0]!.diag).toMatchObject({ at: 'web.pcapng.expect.yaml:3:5', expected: 'this' })
    expect(JSON.stringify(failed[0]!.diag)).toContain('connection 3, 10.0.0.1:40000 to [2001:db8::1]:443')
  })

  it('keeps its plan', () => {
    const complete = Parser.parse(written('tap')).find(([type]) => type === 'complete')![1] as {
      plan: { end: number }
      count: number
    }
    expect(complete).toMatchObject({ count: 16, plan: { end: 16 } })
  })
})
