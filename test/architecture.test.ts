/**
 * The rules of ARCHITECTURE.md that a machine can check: who may import whom, where I/O and clocks are, where a state
 * can change.
 */

import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { readSources, type SourceFile, visit } from './support/source-tree.ts'

const SOURCES = readSources('src')

/** What each room may import beside itself: `type …` for its types only, `node:*`, packages by name. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  capture: ['bytes'],
  decode: ['bytes', 'type capture'],
  tcp: [],
  flow: ['bytes', 'decode', 'tcp', 'type capture'],
  findings: ['tcp', 'type flow'],
  report: ['bytes', 'tcp', 'type flow', 'type findings', 'cli-table3', 'type sarif'],
  analysis: ['bytes', 'capture', 'decode', 'tcp', 'flow', 'findings', 'report'],
  check: ['bytes', 'capture', 'tcp', 'findings', 'report', 'yaml', 'zod'],
  live: ['findings', 'report', 'analysis', 'tcp', 'type capture'],
  source: ['capture', 'node:*', 'fzstd', 'cap'],
  cli: [
    'bytes',
    'capture',
    'decode',
    'tcp',
    'flow',
    'findings',
    'report',
    'analysis',
    'check',
    'live',
    'source',
    'node:*',
    'commander',
    'picocolors',
    'tinyglobby',
  ],
  testing: ['capture', 'tcp', 'findings', 'report', 'analysis', 'check', 'source', 'node:*', 'vitest'],
  'index.ts': ['capture', 'tcp', 'findings', 'report', 'analysis'],
}

/** The rooms that may do I/O and look at a clock. The others also run in a browser. */
const OUTSIDE = ['source', 'cli', 'testing']
const CORE = SOURCES.filter(({ room }) => !OUTSIDE.includes(room))

/** What the core must not name: clocks, timers, chance, and what only Node has. */
const FORBIDDEN_NAMES = new Set([
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'fetch',
  'crypto',
  'process',
  'Buffer',
  'require',
  'console',
  'globalThis',
])

/** Lines of code, comments and blank lines left out. */
const MAX_LINES = 400

function roomOf(target: string): string {
  return target.split('/')[1]!
}

function forbiddenImports({ path, room, imports }: SourceFile): string[] {
  const allowed = MAY_IMPORT[room] ?? []
  return imports
    .map(({ target, isOurs, isType }) => ({ name: isOurs ? roomOf(target) : target, isType }))
    .filter(({ name }) => name !== room)
    .filter(({ name, isType }) => !allowed.includes(name) && !(isType && allowed.includes(`type ${name}`)))
    .filter(({ name }) => !(name.startsWith('node:') && allowed.includes('node:*')))
    .map(({ name, isType }) => `${path} imports ${isType ? 'types of ' : ''}${name}`)
}

/** Where in the file a node stands, for the message of a failing test. */
function placeOf({ path, tree }: SourceFile, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1} ${node.getText(tree)}`
}

/** Every node of the files for which `isFound` holds. */
function find(files: readonly SourceFile[], isFound: (node: ts.Node) => boolean): string[] {
  const found: string[] = []
  for (const file of files) {
    visit(file.tree, (node) => {
      if (isFound(node)) found.push(placeOf(file, node))
    })
  }
  return found
}

/** A name used by itself: not the `x` of `a.x`, `{ x: 1 }` or `x(): void`. */
function isFreeName(node: ts.Node): node is ts.Identifier {
  if (!ts.isIdentifier(node)) return false
  const { parent } = node
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node
  return !isMember && !('name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent))
}

function isClock(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return ['Date.now', 'Math.random'].includes(node.getText())
  const isDate = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'Date'
  return isDate && (node.arguments?.length ?? 0) === 0
}

function linesOfCode({ tree }: SourceFile): number {
  const lines = new Set<number>()
  visit(tree, (node) => {
    if (node.getChildCount(tree) > 0 || node.kind === ts.SyntaxKind.EndOfFileToken || ts.isJSDoc(node)) return
    const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line
    const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line
    for (let line = first; line <= last; line++) lines.add(line)
  })
  return lines.size
}

/** Files that load each other in a circle, the first one again at the end; null when there is none. */
function findCircle(files: readonly SourceFile[]): string[] | null {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return null
    for (const { target, isOurs, isType } of byPath.get(path)?.imports ?? []) {
      const circle = isOurs && !isType ? walk(target, [...trail, path]) : null
      if (circle) return circle
    }
    done.add(path)
    return null
  }
  for (const { path } of files) {
    const circle = walk(path, [])
    if (circle) return circle
  }
  return null
}

describe('imports', () => {
  it('has a rule for every room', () => {
    const rooms = [...new Set(SOURCES.map(({ room }) => room))].sort()
    expect(rooms).toEqual(Object.keys(MAY_IMPORT).sort())
  })

  it.each(Object.keys(MAY_IMPORT))('keeps %s to what it may import', (room) => {
    expect(SOURCES.filter((file) => file.room === room).flatMap(forbiddenImports)).toEqual([])
  })

  it('loads no file in a circle', () => {
    expect(findCircle(SOURCES)).toBeNull()
  })

  it('finds every imported file', () => {
    const paths = new Set(SOURCES.map(({ path }) => path))
    const targets = SOURCES.flatMap(({ imports }) => imports.filter(({ isOurs }) => isOurs).map(({ target }) => target))
    expect(targets.filter((target) => !paths.has(target))).toEqual([])
    expect(targets.length).toBeGreaterThan(SOURCES.length)
  })

  it('re-exports in index.ts, and does nothing else there', () => {
    const index = SOURCES.find(({ room }) => room === 'index.ts')!
    expect(index.tree.statements.filter((statement) => !ts.isExportDeclaration(statement))).toEqual([])
  })
})

describe('the core', () => {
  it('looks at no clock and throws no dice', () => {
    expect(find(CORE, isClock)).toEqual([])
  })

  it('names nothing that only Node has, no timer and no console', () => {
    expect(find(CORE, (node) => isFreeName(node) && FORBIDDEN_NAMES.has(node.text))).toEqual([])
  })
})

describe('states', () => {
  it('takes both ends of every transition from a row of the table', () => {
    const written = find(SOURCES, (node) => {
      if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) return false
      return node.name.getText() === 'to' && !isInTable(node)
    })
    expect(written.map((place) => place.replace(/:\d+/, ''))).toEqual([
      'src/analysis/connection-report.ts to: transition.to',
      'src/tcp/endpoint.ts to: PICKUP.to',
      'src/tcp/endpoint.ts to',
    ])
  })

  it('sets the state of a side in endpoint.ts only, to what a row says or where its timeline starts', () => {
    const assigned = find(SOURCES, (node) => {
      if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false
      return ts.isPropertyAccessExpression(node.left) && node.left.name.text === 'state'
    })
    expect(assigned.map((place) => place.replace(/:\d+/, ''))).toEqual([
      'src/tcp/endpoint.ts this.state = start.state',
      'src/tcp/endpoint.ts this.state = PICKUP.to',
      'src/tcp/endpoint.ts this.state = to',
    ])
  })

  function isInTable(node: ts.Node): boolean {
    return node.getSourceFile().fileName === 'src/tcp/states.ts'
  }
})

describe('every file', () => {
  const all = [...SOURCES, ...readSources('test', 'fixtures')]

  it('never says any', () => {
    expect(find(all, (node) => node.kind === ts.SyntaxKind.AnyKeyword)).toEqual([])
  })

  it(`has at most ${MAX_LINES} lines of code`, () => {
    expect(all.filter((file) => linesOfCode(file) > MAX_LINES).map(({ path }) => path)).toEqual([])
  })

  it('begins with what it is', () => {
    expect(SOURCES.filter(({ tree }) => !tree.text.startsWith('/**\n')).map(({ path }) => path)).toEqual([])
  })
})
