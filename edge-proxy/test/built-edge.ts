import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const source = join(import.meta.dirname, '../src')
const root = join(import.meta.dirname, '../..')
const processes = ['main.ts', 'workers/worker-main.ts']

/**
 * Builds the edge as JavaScript, as it is published, and returns its `main.js`: a process starts in a fifth of the time that it
 * takes from the sources, and an edge of several starts many. Gone when the test is over.
 */
export async function buildMain(): Promise<string> {
  const loader = createRequire(import.meta.url).resolve('tsx/package.json')
  const { build }: { build(options: Readonly<Record<string, unknown>>): Promise<unknown> } =
    createRequire(loader)('esbuild')
  // Inside the repository, so that packages are found.
  const folder = await mkdtemp(join(root, 'node_modules/.edge-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await build({
    ...{
      entryPoints: [...processes, ...(await threads())].map((file) => join(source, file)),
      outdir: folder,
      entryNames: '[name]',
    },
    ...{ bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'silent' },
    ...{ packages: 'external', alias: { '@banyan/toolkit': join(root, 'toolkit/src') } },
  })
  return join(folder, 'main.js')
}

/** What runs as a thread of its own. */
async function threads(): Promise<string[]> {
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('-worker.ts'))
  const texts = await Promise.all(files.map((file) => readFile(join(source, file), 'utf8')))
  return files.filter((_file, at) => texts[at]?.includes('parentPort'))
}
