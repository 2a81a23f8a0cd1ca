import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { nodeFlags, root } from './child.ts'

/** How `banyan` is called from the scripts: as a person would call it, as a process of its own. */
export interface BanyanCall {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Each line of its standard output, as it comes. */
  readonly onLine?: (line: string) => void
  /** Each line of its standard error; shown as it is when not given. */
  readonly onMessage?: (line: string) => void
}

/** Runs one `banyan` command to its end; resolves with its exit code. */
export async function banyan({ args, env, onLine, onMessage }: BanyanCall): Promise<number> {
  const child = spawn(process.execPath, [...nodeFlags, path.join(root, 'cli/src/main.ts'), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['inherit', 'pipe', onMessage === undefined ? 'inherit' : 'pipe'],
  })
  const read = (stream: NodeJS.ReadableStream | null, tell: (line: string) => void) =>
    stream === null ? Promise.resolve([]) : once(createInterface({ input: stream }).on('line', tell), 'close')
  const lines = [
    read(child.stdout, onLine ?? ((line) => process.stdout.write(`${line}\n`))),
    read(child.stderr, onMessage ?? (() => {})),
  ]
  const [code] = await once(child, 'exit')
  await Promise.all(lines)
  return typeof code === 'number' ? code : 130
}
