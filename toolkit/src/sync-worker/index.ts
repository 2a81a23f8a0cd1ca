export { runSyncWorker, type SyncWorker, type WorkerProcess } from './run-sync-worker.ts'
