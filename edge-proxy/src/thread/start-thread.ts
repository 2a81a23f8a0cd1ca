import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a worker thread with the module at `module`. In the repository that is TypeScript, which a thread does not read by
 * itself, whatever its parent was started with; what is published is JavaScript.
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  if (!module.pathname.endsWith('.ts')) return new Worker(module, options)
  const starter = JSON.stringify(new URL('./from-source.mjs', import.meta.url).href)
  const code = `import { runFromSource } from ${starter}; await runFromSource(${JSON.stringify(module.href)})`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { ...options, execArgv: [] })
}
