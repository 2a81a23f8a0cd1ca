import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a worker thread with the module at `module`. In the repository that is TypeScript, which an older Node does not read,
 * and a thread not even with tsx in its parent; what is published is JavaScript.
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  if (!module.pathname.endsWith('.ts')) return new Worker(module, options)
  const execArgv = ['--conditions=banyan-source']
  if (readsTypeScript()) return new Worker(module, { ...options, execArgv })
  const starter = JSON.stringify(new URL('./from-source.mjs', import.meta.url).href)
  const code = `import { runFromSource } from ${starter}; await runFromSource(${JSON.stringify(module.href)})`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { ...options, execArgv })
}

/** Node 22.18 and newer, by themselves: where the image has neither tsx nor a folder to write to. */
function readsTypeScript(): boolean {
  return Boolean(Reflect.get(process.features, 'typescript'))
}
