/**
 * The program's own source as data: files, who imports whom, what each uses. For tests that hold it to its rules.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import ts from 'typescript'

export const ROOT = join(import.meta.dirname, '..', '..')

/** One `import`, `export … from` or `import()`. */
export interface Import {
  /** Path below the root for a file of ours, else the name of the package: `node:fs`, `commander`. */
  target: string
  isOurs: boolean
  /** Only types: gone when the program runs. */
  isType: boolean
}

export interface SourceFile {
  /** Below the root, with `/`: `src/tcp/states.ts`. */
  path: string
  /** Folder below `src/`, or the file's own name: `tcp`, `index.ts`. */
  room: string
  tree: ts.SourceFile
  imports: Import[]
}

/** All TypeScript files below these folders of the root. */
export function readSources(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) => pathsBelow(folder).map(readSource))
}

function pathsBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('.build/') && !path.includes('node_modules/'))
    .sort()
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  visit(tree, (node) => {
    const found = importOf(path, node)
    if (found) imports.push(found)
  })
  return { path, room: path.split('/')[1]!, tree, imports }
}

/** Calls `look` with every node of the tree. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}

function importOf(path: string, node: ts.Node): Import | null {
  if (ts.isImportDeclaration(node)) return imported(path, node.moduleSpecifier, isTypeImport(node))
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : []
    const isType = node.isTypeOnly || (names.length > 0 && names.every((name) => name.isTypeOnly))
    return imported(path, node.moduleSpecifier, isType)
  }
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return isDynamic ? imported(path, node.arguments[0]!, false) : null
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const { name, namedBindings } = importClause
  return (
    !name && !!namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.every((e) => e.isTypeOnly)
  )
}

function imported(path: string, specifier: ts.Expression, isType: boolean): Import {
  const name = (specifier as ts.StringLiteral).text
  const isOurs = name.startsWith('.')
  return { target: isOurs ? normalize(join(dirname(path), name)) : name, isOurs, isType }
}
