// Builds `dist` of the workspace package in the working directory: `prepack` runs it. Nothing in the repository needs it.
//
// One program from the repository's root, so that the other packages are read from their source and never from a stale
// `dist`; of what it emits only this package's part is kept. Tests and their fixtures are left out.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const here = process.cwd()
const name = relative(root, here)
// Inside the repository, so that the compiler finds node_modules.
const workplace = mkdtempSync(join(root, 'node_modules', '.build-'))

try {
  compile()
  rmSync(join(here, 'dist'), { recursive: true, force: true })
  cpSync(join(workplace, 'out', name, 'src'), join(here, 'dist'), { recursive: true })
  process.stderr.write(`built ${name}/dist (${readdirSync(join(here, 'dist'), { recursive: true }).length} entries)\n`)
} finally {
  rmSync(workplace, { recursive: true, force: true })
}

function compile() {
  const project = join(workplace, 'tsconfig.json')
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: root,
    outDir: join(workplace, 'out'),
    typeRoots: [join(root, 'node_modules/@types')],
  }
  const include = [join(here, 'src')]
  const exclude = ['**/*.test.ts', '**/*.fixture.ts', '**/fixtures/**'].map((tests) => join(here, 'src', tests))
  writeFileSync(project, JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include, exclude }))
  const tsc = join(root, 'node_modules/.bin/tsc')
  const { status, error } = spawnSync(tsc, ['--project', project], { stdio: ['ignore', 2, 2], cwd: root })
  if (status !== 0) throw error ?? new Error(`the compiler refused ${name}`)
}
