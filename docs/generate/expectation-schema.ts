/**
 * `schema/expectation.schema.json`: the language of expectation files for editors, made of the one that reads them.
 */
import { z } from 'zod'
import { EXPECTATION } from '../../src/check/language.ts'

const ID = 'urn:finwait:expectations'

export function expectationSchema(): string {
  const schema = z.toJSONSchema(EXPECTATION, {
    io: 'input',
    override({ jsonSchema }) {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    },
  })
  const { $schema, ...rest } = schema
  return `${JSON.stringify({ $schema, $id: ID, ...rest }, null, 2)}\n`
}
