import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, createGunzip } from 'node:zlib'
import { exitCodes, Fault, messageOf } from '../../base/index.ts'
import type { RecordingHeader } from '../exchange.ts'
import { type Line, readLinesByChunk } from './lines.ts'
import { parseRecordingHeader } from './parse-exchange.ts'
import { firstPartPath, isRecordingName, partPath } from './part-path.ts'

/** One file of a recording, with its first line. */
export interface RecordingFile {
  readonly path: string
  readonly header: RecordingHeader
}

/**
 * The files of a recording in order: one file; a part and those that follow it; all recordings of a folder, by their start.
 * Throws `recording-unreadable` and `recording-too-new` (exit 4).
 */
export async function* recordingFiles(path: string): AsyncGenerator<RecordingFile> {
  const info = await stat(path).catch((thrown: unknown) => {
    throw unreadable(path, thrown)
  })
  if (info.isDirectory()) yield* filesOfFolder(path)
  else yield* fileAndItsParts(path)
}

async function* filesOfFolder(folder: string): AsyncGenerator<RecordingFile> {
  const names = (await readdir(folder)).filter(isRecordingName)
  if (names.length === 0) throw notARecording(folder, 'there is no *.ndjson or *.ndjson.gz in it')
  const files = await Promise.all(names.map((name) => fileAt(join(folder, name))))
  const order = ({ header }: RecordingFile) => `${header.startedAt} ${header.recording ?? ''}`
  yield* files.sort((a, b) => (order(a) === order(b) ? partOf(a) - partOf(b) : order(a) < order(b) ? -1 : 1))
}

async function* fileAndItsParts(path: string): AsyncGenerator<RecordingFile> {
  const file = await fileAt(path)
  yield file
  const { part, recording } = file.header
  if (part === undefined) return
  const first = firstPartPath(path, part)
  for (let next = part + 1; ; next++) {
    const nextPath = partPath(first, next)
    if ((await stat(nextPath).catch(() => undefined)) === undefined) return
    const following = await fileAt(nextPath)
    if (following.header.recording !== recording) return
    yield following
  }
}

const maxHeaderBytes = 1024 * 1024

async function fileAt(path: string): Promise<RecordingFile> {
  for await (const [line] of linesOfFile(path, maxHeaderBytes)) {
    if (line === undefined) continue
    if (!line.ended && !parseRecordingHeader(line.text ?? '').ok && (await isGzip(path))) break
    return { path, header: headerOf(path, line) }
  }
  const { size } = await stat(path)
  if (size === 0) throw notARecording(path, 'it is empty')
  throw notARecording(path, 'it is damaged: its gzip was cut before the end of the first line')
}

/**
 * The lines of one file, many at a time, gunzipped where its first bytes say gzip; a gzip that was cut gives what can be read
 * of it.
 */
export async function* linesOfFile(path: string, maxLineBytes: number): AsyncGenerator<readonly Line[]> {
  let read = false
  try {
    const bytes = createReadStream(path)
    const plain = (await isGzip(path)) ? bytes.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })) : bytes
    // A pipe does not pass on what goes wrong with its source.
    bytes.on('error', (error) => plain.destroy(error))
    for await (const lines of readLinesByChunk(plain, maxLineBytes)) {
      yield read ? lines : lines.map(withoutMark)
      read = true
    }
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : unreadable(path, thrown, read)
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}

/** Editors of some systems put a byte order mark before the first line. */
function withoutMark(line: Line): Line {
  return line.number === 1 && line.text?.startsWith('\uFEFF') === true ? { ...line, text: line.text.slice(1) } : line
}

function headerOf(path: string, line: Line): RecordingHeader {
  if (line.unread === 'not-utf-8') throw notARecording(path, 'its first line is not UTF-8')
  const parsed = parseRecordingHeader(line.text ?? '')
  if (parsed.ok) return parsed.header
  if (parsed.format === undefined || parsed.format <= 1) {
    throw notARecording(path, 'its first line is not the header of a recording')
  }
  throw new Fault('recording-too-new', `${path} has format ${parsed.format}; this version reads format 1`, {
    hint: 'use the version of banyan that recorded it, or a later one',
    exitCode: exitCodes.invalidConfig,
  })
}

function partOf({ header }: RecordingFile): number {
  return header.part ?? 1
}

function unreadable(path: string, thrown: unknown, inTheMiddle = false): Fault {
  const what = inTheMiddle ? 'cannot read on in' : 'cannot read'
  const damaged = isZlibError(thrown) ? 'its gzip is damaged: ' : ''
  return new Fault('recording-unreadable', `${what} the recording ${path}: ${damaged}${messageOf(thrown)}`, {
    exitCode: exitCodes.invalidConfig,
    cause: thrown,
  })
}

function isZlibError(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_')
}

function notARecording(path: string, why: string): Fault {
  return new Fault('recording-unreadable', `${path} is no recording: ${why}`, {
    hint: 'make one with: banyan record --out FILE',
    exitCode: exitCodes.invalidConfig,
  })
}
