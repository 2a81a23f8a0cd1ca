import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** The worker as JavaScript. */
export interface BuiltWorker {
  readonly file: string
  remove(): void
}

/**
 * Compiles the worker and the toolkit that it uses, as they are published: what loads TypeScript in the repository holds some
 * 50 MiB of its own, which no deployed worker has. Throws what the compiler says.
 */
export function buildWorker(): BuiltWorker {
  // Inside the repository, so that node_modules is found.
  const folder = mkdtempSync(path.join(root, 'node_modules', '.bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    compile(folder)
    linkToolkit(folder)
  } catch (thrown) {
    remove()
    throw thrown
  }
  return { file: path.join(folder, 'benchmarks/sync/worker.js'), remove }
}

function compile(folder: string): void {
  const project = path.join(folder, 'tsconfig.json')
  const compilerOptions = {
    noEmit: false,
    rewriteRelativeImportExtensions: true,
    rootDir: root,
    outDir: folder,
    typeRoots: [path.join(root, 'node_modules/@types')],
  }
  // What is reached by a package's name only is not emitted.
  const concepts = ['base', 'anti-corruption', 'compare', 'data-sync'].map((concept) => `toolkit/src/${concept}`)
  const include = ['benchmarks/sync/worker.ts', ...concepts].map((file) => path.join(root, file))
  const exclude = ['**/*.test.ts', '**/fixtures/**', '**/contract/**']
  writeFileSync(
    project,
    JSON.stringify({ extends: path.join(root, 'tsconfig.json'), compilerOptions, include, exclude }),
  )
  const tsc = path.join(root, 'node_modules/.bin/tsc')
  const { status, stdout, error } = spawnSync(tsc, ['--project', project], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw error ?? new Error(`the compiler refused the worker:\n${stdout}`)
}

/** The compiled worker imports the compiled toolkit by its name. */
function linkToolkit(folder: string): void {
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  const exported = { name: '@banyan/toolkit', type: 'module', exports: { './*': './src/*/index.js' } }
  writeFileSync(path.join(folder, 'toolkit/package.json'), JSON.stringify(exported))
  mkdirSync(path.join(folder, 'node_modules/@banyan'), { recursive: true })
  symlinkSync(path.join(folder, 'toolkit'), path.join(folder, 'node_modules/@banyan/toolkit'))
}
