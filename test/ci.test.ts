/**
 * What others put into their CI, run here as far as it can be without the service.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { captureOf, temporaryDirectory, wholeConnection } from './support/capture-files.ts'
import { hasProgram, requirement } from './support/require.ts'
import { ROOT } from './support/source-tree.ts'

const PROGRAM = join(ROOT, 'bin', 'finwait.js')
const CAPTURE = captureOf(...wholeConnection(40000))

interface Ran {
  status: number | null
  stdout: string
  stderr: string
}

/** A repository with a capture that is as expected, or not. */
function repository(isMet: boolean): string {
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'captures'))
  writeFileSync(join(directory, 'captures', 'a b.pcap'), CAPTURE)
  const close = isMet ? 'four-way' : 'reset'
  writeFileSync(join(directory, 'captures', 'a b.pcap.expect.yaml'), `connections:\n  - close: ${close}\n`)
  return directory
}

/** Runs a script as a CI service does; `programs` stand before all others in the path. */
function runScript(
  script: string,
  cwd: string,
  env: Record<string, string>,
  programs: Record<string, string> = {},
): Ran {
  const folder = temporaryDirectory()
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], {
    cwd,
    env: { ...process.env, ...env, PATH: `${folder}${delimiter}${process.env.PATH}` },
    encoding: 'utf8',
  })
}

function blocksOf(page: string, heading: string): unknown {
  const section = readFileSync(join(ROOT, 'docs', page), 'utf8')
    .split(/^## /m)
    .find((text) => text.startsWith(heading))!
  return parse(/```yaml\n([\s\S]*?)```/.exec(section)![1]!)
}

const inSuite = requirement(
  'bash and dist/',
  existsSync(join(ROOT, 'dist')) && hasProgram('bash'),
  'one of them is missing',
)

inSuite('the GitHub action', () => {
  const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'))
  const [build, check] = action.runs.steps

  /** Runs the check with these inputs, and what is left of them at their defaults. */
  function run(cwd: string, inputs: Record<string, string>): Ran {
    const known: Record<string, { default: string }> = action.inputs
    const values = Object.fromEntries(
      Object.entries(check.env as Record<string, string>).map(([variable, expression]) => {
        const name = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression)![1]!
        expect(known).toHaveProperty(name)
        return [variable, inputs[name] ?? known[name]!.default]
      }),
    )
    return runScript(check.run, cwd, { ...values, GITHUB_ACTION_PATH: ROOT })
  }

  it('has what GitHub asks of a composite action', () => {
    const isAction = new Ajv2020({ allErrors: true }).compile({
      type: 'object',
      required: ['name', 'description', 'inputs', 'runs'],
      additionalProperties: false,
      properties: {
        name: { type: 'string' },
        description: { type: 'string', maxLength: 125 },
        inputs: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            required: ['description'],
            additionalProperties: false,
            properties: { description: { type: 'string' }, default: { type: 'string' }, required: { type: 'boolean' } },
          },
        },
        runs: {
          type: 'object',
          required: ['using', 'steps'],
          properties: {
            using: { const: 'composite' },
            steps: { type: 'array', items: { type: 'object', required: ['name', 'shell', 'run'] } },
          },
        },
      },
    })
    expect(isAction(action) ? [] : isAction.errors).toEqual([])
  })

  it('never has an input in the text of a script', () => {
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{')
  })

  it('builds where it stands, without scripts of packages', () => {
    const log = join(temporaryDirectory(), 'log')
    const { status } = runScript(
      build.run,
      temporaryDirectory(),
      { GITHUB_ACTION_PATH: ROOT },
      {
        npm: `echo "$PWD: $*" >> '${log}'`,
      },
    )
    expect(status).toBe(0)
    const options = 'ci --ignore-scripts --omit=optional --no-audit --no-fund'
    expect(readFileSync(log, 'utf8')).toBe(`${ROOT}: ${options}\n${ROOT}: run build\n`)
  })

  it('passes when all is met', () => {
    const { status, stdout } = run(repository(true), {})
    expect(stdout).toContain('ok     captures/a b.pcap')
    expect(status).toBe(0)
  })

  it('annotates and fails when something is not, and writes the reports that are asked for', () => {
    const cwd = repository(false)
    const { status, stdout } = run(cwd, { paths: '\ncaptures/a b.pcap\n', junit: 'a b.xml', sarif: 'a.sarif' })
    expect(stdout).toMatch(/^::error file=captures\/a b\.pcap\.expect\.yaml,line=2,col=5,title=/m)
    expect(status).toBe(1)
    expect(readFileSync(join(cwd, 'a b.xml'), 'utf8')).toContain('<failure ')
    expect(JSON.parse(readFileSync(join(cwd, 'a.sarif'), 'utf8')).runs[0].results).toHaveLength(1)
  })

  it('takes patterns and a config, and runs nothing that they say', () => {
    const cwd = repository(true)
    writeFileSync(join(cwd, 'strict.yaml'), 'capture: { connections: 2 }')
    expect(run(cwd, { paths: '**/*.pcap', config: 'strict.yaml' }).status).toBe(1)
    expect(run(cwd, { paths: '$(touch pwned)\n--output=pwned' }).status).toBe(2)
    expect(existsSync(join(cwd, 'pwned'))).toBe(false)
  })
})

inSuite('the GitLab job of docs/ci.md', () => {
  const { finwait: job } = blocksOf('ci.md', 'GitLab') as {
    finwait: { script: string[]; artifacts: { when: string; reports: Record<string, string> } }
  }
  const programs = { npm: 'exit 0', npx: `shift; exec '${process.execPath}' '${PROGRAM}' "$@"` }

  it.each([
    [true, 0],
    [false, 1],
  ])('when expectations are met is %s ends with %i, and leaves its reports', (isMet, code) => {
    const cwd = repository(isMet)
    expect(runScript(job.script.join('\n'), cwd, {}, programs).status).toBe(code)
    for (const file of Object.values(job.artifacts.reports)) expect(existsSync(join(cwd, file)), file).toBe(true)
    expect(job.artifacts.when).toBe('always')
    expect(JSON.parse(readFileSync(join(cwd, job.artifacts.reports.codequality!), 'utf8'))).toHaveLength(code)
  })
})

inSuite('the pre-commit hook', () => {
  const [hook] = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8'))

  it('has what pre-commit asks for, and the id that docs/ci.md names', () => {
    expect(hook).toMatchObject({ id: 'finwait-check', name: expect.any(String), language: 'node' })
    expect(blocksOf('ci.md', 'pre-commit')).toMatchObject({ repos: [{ hooks: [{ id: hook.id }] }] })
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(Object.keys(bin)).toContain(hook.entry.split(' ')[0])
  })

  it.each(['a.pcap', 'x/b.pcapng', 'c.pcap.gz', 'd.cap', 'a.pcap.expect.yaml', 'c.pcap.zst.expect.yaml'])(
    'is for %s',
    (file) => {
      expect(file).toMatch(new RegExp(hook.files))
    },
  )

  it.each(['README.md', 'pcap.ts', 'a.pcap.txt', 'finwait.config.yaml'])('is not for %s', (file) => {
    expect(file).not.toMatch(new RegExp(hook.files))
  })

  it('checks the files that a commit changes', () => {
    const cwd = repository(false)
    copyFileSync(join(cwd, 'captures', 'a b.pcap'), join(cwd, 'c.pcap'))
    const finwait = { finwait: `exec '${process.execPath}' '${PROGRAM}' "$@"` }
    const run = (file: string) => runScript(`${hook.entry} '${file}'`, cwd, {}, finwait)
    expect(run('c.pcap').status).toBe(0)
    expect(run('captures/a b.pcap.expect.yaml').status).toBe(1)
  })
})
