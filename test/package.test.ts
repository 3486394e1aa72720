/**
 * The package as somebody else gets it: packed, installed without scripts and optional dependencies in an empty folder,
 * run, imported, compiled against.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { afterAll, describe, expect, it } from 'vitest'
import { requirement } from './support/require.ts'
import { ROOT } from './support/source-tree.ts'

const BUILT = join(ROOT, 'dist', 'index.js')
const FIXTURE = join(ROOT, 'fixtures', 'simultaneous-close.pcap')

const folder = mkdtempSync(join(tmpdir(), 'finwait-package-'))
const home = join(folder, 'node_modules', 'finwait')

/** A state that does not exist, and an argument of the wrong type. */
const WRONG_USE = `import { analyzeBytes, type TcpState } from 'finwait'
const state: TcpState = 'FIN-WAIT-3'
analyzeBytes(state)
`

/** Ends the test run with what the program says when it fails. */
function run(program: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

/** Packs what is built; returns the path of the tarball. */
function pack(): string {
  const printed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT)
  return join(folder, (JSON.parse(printed) as { filename: string }[])[0]!.filename)
}

/** Why the package could not be installed; null when it was. */
function install(tarball: string): string | null {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const words = ['install', '--omit=optional', '--ignore-scripts', '--prefer-offline', '--no-audit', tarball]
  const { status, stderr } = spawnSync('npm', words, { cwd: folder, encoding: 'utf8', timeout: 60_000 })
  return status === 0 ? null : `npm cannot install it here: ${stderr.split('\n').find((line) => /error/i.test(line))}`
}

const tarball = existsSync(BUILT) ? pack() : null
const failure = tarball === null ? 'dist/ is missing: npm run build' : install(tarball)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Compiles `files` of the folder as a program that uses the package; returns what the compiler says. */
function compile(files: readonly string[], module: string, moduleResolution: string, skipLibCheck = false): string {
  const options = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck,
    target: 'es2023',
    lib: ['es2023'],
    module,
    moduleResolution,
    types: ['node'],
    outDir: 'out',
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  return spawnSync(process.execPath, [compiler, '-p', folder], { cwd: folder, encoding: 'utf8' }).stdout
}

describe('package.json', () => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )
  const versions = Object.entries<string>({ ...dependencies, ...optionalDependencies, ...devDependencies })

  it('names exact versions', () => {
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('is locked without saying where from', () => {
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"')
  })

  it('is locked for every platform, though a registry may not have what another one needs', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>
    }
    const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
    expect(named.filter((name) => !packages[`node_modules/${name}`])).toEqual([])
  })

  it('is explained, dependency by dependency, in docs/dependencies.md', () => {
    const page = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8')
    expect(versions.filter(([name]) => !page.includes(`${name} |`) && !page.includes(`| ${name},`))).toEqual([])
  })
})

requirement(
  'npm and what it downloads',
  failure === null,
  failure ?? '',
)('the package', () => {
  it('installs no native code, nothing optional, and few packages', () => {
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
    const installed = Object.keys(lock.packages).filter((path) => existsSync(join(folder, path, 'package.json')))
    expect(installed).not.toContain('node_modules/cap')
    expect(installed.length).toBeLessThanOrEqual(16)
  })

  it('holds what it needs and nothing else', () => {
    const printed = run('tar', ['-tzf', tarball!], folder)
    const kinds = new Set(
      printed
        .trim()
        .split('\n')
        .map((path) => path.replace(/^package\//, '').replace(/^(\w+)\/.*(\.\w+)$/, '$1/*$2')),
    )
    expect([...kinds].filter((kind) => !/^dist\//.test(kind)).sort()).toEqual([
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/*.js',
      'docs/*.md',
      'package.json',
      'schema/*.json',
    ])
    expect([...kinds].filter((kind) => /^dist\//.test(kind)).sort()).toEqual(['dist/*.js', 'dist/*.map', 'dist/*.ts'])
  })

  it('runs as a command', () => {
    const printed = run(join(folder, 'node_modules', '.bin', 'finwait'), ['--format', 'json', FIXTURE], folder)
    expect(JSON.parse(printed).connections[0].close).toMatchObject({ kind: 'simultaneous', by: 'both' })
    expect(run(join(folder, 'node_modules', '.bin', 'finwait'), ['--version'], folder)).toBe('0.1.0\n')
  })

  it('exports matchers that need no test runner', () => {
    const program = `import { matchers } from 'finwait/testing'
      console.log(matchers.toHaveClosed.call({}, ${JSON.stringify(FIXTURE)}, { kind: 'simultaneous' }).pass)`
    expect(run(process.execPath, ['--input-type=module', '--eval', program], folder)).toBe('true\n')
  })

  it('exports its schema', () => {
    const program = `import schema from 'finwait/report.schema.json' with { type: 'json' }; console.log(schema.$id)`
    expect(run(process.execPath, ['--no-warnings', '--input-type=module', '--eval', program], folder)).toContain(
      'report',
    )
  })

  describe('the library', () => {
    const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))![1]!
    writeFileSync(join(folder, 'example.ts'), example)
    mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true })
    for (const name of ['@types/node', 'undici-types']) {
      if (!existsSync(join(folder, 'node_modules', name)))
        symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
    }

    writeFileSync(join(folder, 'wrong.ts'), WRONG_USE)

    it('compiles and runs the example of the README with moduleResolution nodenext', () => {
      expect(compile(['example.ts'], 'nodenext', 'nodenext')).toBe('')
      const printed = run(process.execPath, [join(folder, 'out', 'example.js')], ROOT)
      expect(printed).toBe('TIME-WAIT / TIME-WAIT, simultaneous by both\n')
    })

    it('compiles it with moduleResolution bundler, and refuses a wrong use', () => {
      const errors = compile(['example.ts', 'wrong.ts'], 'preserve', 'bundler').match(/^\w.*/gm)
      expect(errors).toEqual([
        expect.stringMatching(/^wrong\.ts\(2,\d+\): .*'"FIN-WAIT-3"' is not assignable/),
        expect.stringMatching(/^wrong\.ts\(3,\d+\): .*not assignable to parameter of type 'Uint8Array/),
      ])
    })
  })

  it('adds its matchers to the types of Vitest', () => {
    if (!existsSync(join(folder, 'node_modules', 'vitest')))
      symlinkSync(join(ROOT, 'node_modules', 'vitest'), join(folder, 'node_modules', 'vitest'))
    const page = readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8')
    const example = /```ts\n(import[^`]*'finwait\/vitest'[\s\S]*?)```/.exec(page)![1]!
    writeFileSync(join(folder, 'example.test.ts'), example)
    writeFileSync(join(folder, 'wrong.test.ts'), example.replace("by: 'client'", "by: 'clinet'"))
    // Those of Vitest itself need types of a browser.
    expect(compile(['example.test.ts'], 'nodenext', 'nodenext', true)).toBe('')
    expect(compile(['wrong.test.ts'], 'nodenext', 'nodenext', true)).toMatch(/^wrong\.test\.ts\(12,\d+\): .*"clinet"/)
  })

  it('is in order for publint', async () => {
    expect((await publint({ pkgDir: home, pack: false, strict: true })).messages).toEqual([])
  })

  it('has types that resolve wherever ES modules do', async () => {
    const checked = await checkPackage(createPackageFromTarballData(readFileSync(tarball!)))
    const problems = checked.types === false ? ['no types at all'] : checked.problems
    const isEsm = (problem: (typeof problems)[number]): boolean =>
      typeof problem === 'string' ||
      !('resolutionKind' in problem) ||
      !['node10', 'node16-cjs'].includes(problem.resolutionKind)
    expect(problems.filter(isEsm)).toEqual([])
  })
})
