/**
 * docs/accuracy.md is what finwait says today, beside what the other tools said when they were asked last.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { accuracyPage } from './document.ts'
import { readPeerVerdicts } from './peer-verdicts.ts'
import { allStories } from './stories.ts'

const root = join(import.meta.dirname, '..', '..')

it('has a page that is current (npm run accuracy -- --keep makes it so)', () => {
  const stories = allStories(pathToFileURL(join(root, 'test/scenarios/')).href, join(root, 'fixtures'))
  const peers = readPeerVerdicts(join(import.meta.dirname, 'peer-verdicts.tsv'))
  expect(accuracyPage({ ...stories, peers })).toBe(readFileSync(join(root, 'docs/accuracy.md'), 'utf8'))
})
