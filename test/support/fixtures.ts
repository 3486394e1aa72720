/**
 * The recorded captures of `fixtures/` and what the kernel did meanwhile: adding a fixture there adds it to every test
 * that goes through this list. Format and limits of the truth: fixtures/README.md.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Truth } from '../../fixtures/record/format.ts'

export type {
  HostName,
  Truth,
  TruthCall,
  TruthConnection,
  TruthState,
  TruthTransition,
} from '../../fixtures/record/format.ts'

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
    .sort()
    .map((file) => {
      const truth = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Truth
      return { name: file.slice(0, -SUFFIX.length), capturePath: join(FOLDER, truth.capture.file), truth }
    })
}
