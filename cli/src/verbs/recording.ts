import type { Command } from 'commander'
import type { Shell } from '../shell.ts'
import { addRecordingExport } from './recording-export.ts'
import { addRecordingImport } from './recording-import.ts'
import { addRecordingScan } from './recording-scan.ts'

/** `banyan recording`: what can be done with a recording beside replaying it. */
export function addRecording(program: Command, shell: Shell): void {
  const recording = program.command('recording').summary('import, export and scan recordings')
  addRecordingImport(recording, shell)
  addRecordingExport(recording, shell)
  addRecordingScan(recording, shell)
}
