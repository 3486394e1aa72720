/**
 * The recorded captures of `fixtures/` and what the kernel did meanwhile: adding a fixture there adds it to every test
 * that goes through this list. Format and limits of the truth: fixtures/README.md.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Truth } from '../../fixtures/record/format.ts'

export type { TruthTransition } from '../../fixtures/record/format.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures')
const SUFFIX = '.truth.json'

export interface Fixture {
  name: string
  capturePath: string
  truth: Truth
}

/** All fixtures, by name. */
export function listFixtures(): Fixture[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort()
    .map((name) => {
      const truth = JSON.parse(readFileSync(join(FOLDER, name + SUFFIX), 'utf8')) as Truth
      return { name, capturePath: join(FOLDER, truth.capture.file), truth }
    })
}
