import { parentPort, workerData } from 'node:worker_threads'
import type { FromRecordingThread, ToRecordingThread } from './recording-messages.ts'
import { buildRecordingRoom } from './recording-room.ts'

/** The thread in which exchanges are redacted and stored, so that neither costs a request its time. */
const port = parentPort
if (port === null) throw new Error('the recording worker is started by an edge')
const say = (message: FromRecordingThread) => port.postMessage(message)
const room = buildRecordingRoom(Buffer.from(workerData.redactionKey), say)
port.on('message', (message: ToRecordingThread) => room.take(message))
