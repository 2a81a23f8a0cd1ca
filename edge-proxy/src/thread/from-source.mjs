import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * Runs a TypeScript module in a thread of the repository: as one bundle, which is kept until one of its sources changes.
 * Reading the sources one by one through tsx takes such a thread ten times as long to start.
 *
 * @param {string} url
 */
export async function runFromSource(url) {
  // What is CommonJS in the bundle asks for it.
  globalThis.require = createRequire(import.meta.url)
  await import(pathToFileURL(bundleOf(fileURLToPath(url))).href)
}

/** @param {string} file */
function bundleOf(file) {
  const tsx = globalThis.require.resolve('tsx/package.json')
  const folder = join(dirname(dirname(tsx)), '.cache', 'banyan')
  const bundle = join(folder, file.replaceAll(/[^\w.-]+/g, '_').replace(/\.ts$/, '.mjs'))
  if (isFresh(bundle)) return bundle
  const { buildSync } = createRequire(tsx)('esbuild')
  const absWorkingDir = dirname(file)
  const { outputFiles, metafile } = buildSync({
    ...{ entryPoints: [file], absWorkingDir, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{ conditions: ['banyan-source'], write: false, metafile: true, logLevel: 'silent' },
  })
  const sources = Object.keys(metafile.inputs).map((input) => resolve(absWorkingDir, input))
  const read = sources.map((source) => [source, statSync(source).mtimeMs])
  mkdirSync(folder, { recursive: true })
  const written = `${bundle}.${randomUUID()}`
  writeFileSync(written, `// ${JSON.stringify(read)}\n${outputFiles[0].text}`)
  // Several processes may do this at once; each of them sees a whole file.
  renameSync(written, bundle)
  return bundle
}

/** @param {string} bundle */
function isFresh(bundle) {
  try {
    const text = readFileSync(bundle, 'utf8')
    const read = JSON.parse(text.slice(3, text.indexOf('\n')))
    return read.every(([source, mtimeMs]) => statSync(source).mtimeMs === mtimeMs)
  } catch {
    return false
  }
}
