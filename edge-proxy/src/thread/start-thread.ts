import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a worker thread with the module at `module`. In the repository that is TypeScript, which a thread does not read by
 * itself, whatever its parent was started with; what is published is JavaScript.
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  if (!module.pathname.endsWith('.ts')) return new Worker(module, options)
  const api = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs')
  const code = `import { register } from '${pathToFileURL(api).href}'; register(); await import(${JSON.stringify(module.href)})`
  const execArgv = ['--conditions=banyan-source']
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { ...options, execArgv })
}
