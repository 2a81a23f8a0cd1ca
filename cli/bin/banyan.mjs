#!/usr/bin/env node
// In the repository the source runs as it is, through tsx where Node does not run TypeScript by itself (before 22.18); in the
// published package there is only what was built.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../src/main.ts', import.meta.url))

if (existsSync(source)) runSource()
else await import(new URL('../dist/main.js', import.meta.url).href)

function runSource() {
  const loader = process.features.typescript ? [] : ['--import', import.meta.resolve('tsx')]
  const flags = [...loader, '--conditions=banyan-source']
  const child = spawn(process.execPath, [...flags, source, ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches the child by the terminal; a signal to this process alone must be passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
  child.on('error', (error) => {
    process.stderr.write(`banyan: ${error.message}\n`)
    process.exitCode = 1
  })
}
