/**
 * The documentation says what the program does: generated pages are current, shown output is what is printed, links
 * lead somewhere. `npm run docs` writes what is not.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONSOLE_COLUMNS, commandsOf, withOutputs } from '../docs/generate/console-blocks.ts'
import { expectationSchema } from '../docs/generate/expectation-schema.ts'
import { findingsPage } from '../docs/generate/findings-page.ts'
import { statesPage } from '../docs/generate/states-page.ts'
import { LIMITS } from '../src/analysis/limits.ts'
import { parseExpectations } from '../src/check/parse.ts'
import { firstLayerOf, linkTypeName } from '../src/decode/link-types.ts'
import { PathKind, PathTable } from '../src/decode/path.ts'
import { FINDING_CODES } from '../src/findings/catalogue.ts'
import { analyzeBytes } from '../src/index.ts'
import { STATES } from '../src/tcp/states.ts'
import { FakeProcess, runWith } from './support/fake-process.ts'
import { listFixtures } from './support/fixtures.ts'
import { ROOT } from './support/source-tree.ts'

const PAGES = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...pagesOf('docs')]

function pagesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}

async function runInTerminal(words: readonly string[]): Promise<string> {
  const fake = new FakeProcess(...words)
  fake.env = { LANG: 'C.UTF-8', NO_COLOR: '1' }
  fake.stdout.isTTY = true
  fake.stdout.columns = CONSOLE_COLUMNS
  const { stdout, stderr } = await runWith(fake)
  return stdout + stderr
}

describe('generated pages', () => {
  it('docs/findings.md has every code once, as the catalogue has it', async () => {
    const page = findingsPage()
    const rows = page.split('\n').filter((line) => line.startsWith('| `'))
    expect(rows.map((line) => line.split('`')[1])).toEqual(FINDING_CODES)
    await expect(page).toMatchFileSnapshot('../docs/findings.md')
  })

  it('docs/states.md draws every state, and is as the table is', async () => {
    const page = statesPage()
    expect(STATES.filter((state) => !page.includes(`state "${state}"`))).toEqual([])
    await expect(page).toMatchFileSnapshot('../docs/states.md')
  })
})

describe('schema/expectation.schema.json', () => {
  it('is that of the language', async () => {
    await expect(expectationSchema()).toMatchFileSnapshot('../schema/expectation.schema.json')
  })
})

describe('shown output', () => {
  const shown = PAGES.filter((page) => commandsOf(read(page)).length > 0)

  it('is in README.md', () => {
    expect(shown).toContain('README.md')
  })

  it.each(shown)('%s shows what the program prints', async (page) => {
    await expect(await withOutputs(read(page), runInTerminal)).toMatchFileSnapshot(join(ROOT, page))
  })
})

describe('README.md', () => {
  it('quotes findings as they are said of the fixtures', () => {
    const quotes = [...read('README.md').matchAll(/(?:^> .*\n)+/gm)].map(([quote]) =>
      oneLine(quote.replace(/^> /gm, '')),
    )
    const reports = listFixtures().map(({ capturePath }) => analyzeBytes(readFileSync(capturePath)))
    const said = new Set(
      reports.flatMap(({ connections }) => connections.flatMap(({ findings }) => findings.map((f) => f.message))),
    )
    expect(quotes.length).toBeGreaterThan(0)
    expect(quotes.filter((quote) => !said.has(quote))).toEqual([])
  })
})

describe('docs/ci.md', () => {
  const page = read('docs/ci.md')

  it('shows expectations without a mistake, as does --help', async () => {
    const [, example] = /beside it:\n\n```yaml\n([\s\S]*?)```/.exec(page)!
    const { stdout } = await runWith(new FakeProcess('check', '--help'))
    const [, inHelp] = /\n( {2}connections:\n[\s\S]*?)\n\n/.exec(stdout)!
    for (const text of [example!, inHelp!]) expect(() => parseExpectations(text, 'docs/ci.md')).not.toThrow()
  })

  it('names every key that there is', () => {
    const keys = [...expectationSchema().matchAll(/"(\w+)": \{\n/g)].map(([, key]) => key!)
    const words = new Set(page.match(/\w+/g))
    expect(
      keys.filter((key) => !words.has(key) && !/Kind$|Rule$|^(properties|items|endpoint|limits|finding)$/.test(key)),
    ).toEqual([])
  })
})

describe('docs/formats.md', () => {
  const words = new Set(read('docs/formats.md').match(/[\w-]+/g))

  it('names every link type that is read', () => {
    const types = Array.from({ length: 1000 }, (_, type) => type).filter((type) => firstLayerOf(type).layer !== null)
    expect(types.map(linkTypeName).filter((name) => !words.has(name))).toEqual([])
  })

  it('names every tag and tunnel', () => {
    const paths = new PathTable()
    const names = Object.values(PathKind).map((kind) => paths.describe(paths.extend(0, kind, 1))[0]!.replace(/ 1$/, ''))
    expect(names.filter((name) => !read('docs/formats.md').includes(`\`${name}\``))).toEqual([])
  })
})

describe('docs/limits.md', () => {
  const page = read('docs/limits.md')

  it.each(Object.entries(LIMITS))('has %s as an option of its own, with its default', async (name, value) => {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    const { stdout } = await runWith(new FakeProcess('--help'))
    expect(stdout).toMatch(new RegExp(`${option} <n>[^-]*\\(default:\\s+${value}\\)`))
    expect(page).toContain(`| \`${option}\` | ${value.toLocaleString('en')} |`)
  })

  it('names every finding that a limit makes', () => {
    const codes = FINDING_CODES.filter((code) => code.endsWith('-limit'))
    expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
  })
})

describe.each(PAGES)('%s', (page) => {
  const text = read(page)

  it('has no link that leads nowhere', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g)].map(([, path]) => path!)
    expect(links.filter((path) => path !== '' && !existsSync(join(ROOT, dirname(page), path)))).toEqual([])
  })

  it('names no file of the program that is not there', () => {
    const paths = text.match(/(?<![\w/.-])(?:src|test|fixtures|docs|schema|bench|bin)\/[\w/.-]*\w/g) ?? []
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('mentions no finding that is not in the catalogue', () => {
    const codes = [...text.matchAll(/(?:finding=|finding `)([a-z][a-z0-9-]+)/g)].map(([, code]) => code!)
    expect(codes.filter((code) => !(FINDING_CODES as readonly string[]).includes(code))).toEqual([])
  })
})
