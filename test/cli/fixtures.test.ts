import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/report/text.ts'
import { FakeProcess, finwait, runWith } from '../support/fake-process.ts'
import { listFixtures } from '../support/fixtures.ts'

const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
ajv.addSchema(schema, 'report')

function expectValid(definition: string, document: string): void {
  const validate = ajv.getSchema(`report${definition}`)!
  expect(validate(JSON.parse(document)) ? [] : validate.errors).toEqual([])
}

describe.each(listFixtures())('$name', ({ capturePath }) => {
  it('has a JSON and an NDJSON report as the schema says', async () => {
    expectValid('', (await finwait('--format', 'json', capturePath)).stdout)
    const lines = (await finwait('--format', 'ndjson', capturePath)).stdout.trimEnd().split('\n')
    for (const line of lines) expectValid('#/$defs/line', line)
  })

  it('is shown within 80 columns, and as the schema says', async () => {
    const fake = new FakeProcess('show', '--no-color', capturePath, '0')
    fake.stdout.isTTY = true
    const { stdout, exitCode } = await runWith(fake)
    expect(exitCode).toBe(0)
    for (const line of stdout.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(80)
    expectValid('#/$defs/show', (await finwait('show', '--format', 'json', capturePath, '0')).stdout)
  })
})
