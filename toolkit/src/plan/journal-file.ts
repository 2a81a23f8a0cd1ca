import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exitCodes, Fault, messageOf, parseJson, systemCodeOf } from '../base/index.ts'

const newline = 0x0a
const chunkBytes = 16 * 1024

/** The whole lines of a file, and what stands after the last line break. A missing file has none. */
export async function readLines(
  file: string,
): Promise<{ readonly lines: readonly string[]; readonly cut: string | undefined }> {
  const lines = textOf(file).split('\n')
  const tail = lines.pop() ?? ''
  // Only the line break is missing: the entry itself was written whole.
  if (tail !== '' && parseJson(tail) !== undefined) return { lines: [...lines, tail], cut: undefined }
  return { lines, cut: tail === '' ? undefined : tail }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return ''
    throw thrown
  }
}

/**
 * Adds one line and waits until it is on disk. `make` gets the last whole line. A line that a crash cut off is
 * first moved into a file of its own beside it (`FILE.cut-<bytes before it>`). The caller holds the file's lock.
 */
export async function appendLine<Result>(
  file: string,
  make: (lastLine: string | undefined) => { readonly line: string; readonly result: Result },
): Promise<Result> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const { lastLine, wholeBytes, rest } = await readTail(file)
  const missingBreak = rest !== '' && parseJson(rest) !== undefined
  if (rest !== '' && !missingBreak) await writeFile(`${file}.cut-${wholeBytes}`, rest, { mode: 0o600 })
  const { line, result } = make(missingBreak ? rest : lastLine)
  const keptBytes = wholeBytes + (missingBreak ? Buffer.byteLength(rest) : 0)
  append(file, keptBytes, `${missingBreak ? '\n' : ''}${line}\n`)
  return result
}

function append(file: string, keptBytes: number, text: string): void {
  const handle = openSync(file, 'a', 0o600)
  try {
    ftruncateSync(handle, keptBytes)
    writeWhole(handle, Buffer.from(text))
    fsyncSync(handle)
  } catch (thrown) {
    ftruncateSync(handle, keptBytes)
    throw new Fault('journal-unwritable', `cannot write the journal ${file}: ${messageOf(thrown)}`, {
      hint: 'free some disk space or choose another state directory with --state',
      exitCode: exitCodes.unexpected,
      cause: thrown,
    })
  } finally {
    closeSync(handle)
  }
}

function writeWhole(handle: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written)
}

interface Tail {
  readonly lastLine: string | undefined
  readonly wholeBytes: number
  readonly rest: string
}

/** Reads backwards until the last whole line is in hand, so that a long journal costs no more than a short one. */
async function readTail(file: string): Promise<Tail> {
  const handle = await open(file, 'a+', 0o600)
  try {
    const { size } = await handle.stat()
    let tail = Buffer.alloc(0)
    while (tail.length < size && countBreaks(tail) < 2) {
      const length = Math.min(chunkBytes, size - tail.length)
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - tail.length - length)
      tail = Buffer.concat([buffer, tail])
    }
    return splitTail(tail, size)
  } finally {
    await handle.close()
  }
}

function countBreaks(bytes: Buffer): number {
  const last = bytes.lastIndexOf(newline)
  if (last <= 0) return last < 0 ? 0 : 1
  return bytes.lastIndexOf(newline, last - 1) < 0 ? 1 : 2
}

function splitTail(tail: Buffer, size: number): Tail {
  const lastBreak = tail.lastIndexOf(newline)
  const rest = tail.subarray(lastBreak + 1).toString('utf8')
  const wholeBytes = size - (tail.length - (lastBreak + 1))
  if (lastBreak < 0) return { lastLine: undefined, wholeBytes, rest }
  const start = lastBreak === 0 ? 0 : tail.lastIndexOf(newline, lastBreak - 1) + 1
  return { lastLine: tail.subarray(start, lastBreak).toString('utf8'), wholeBytes, rest }
}
