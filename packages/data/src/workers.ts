export {
  type MapInWorkersOptions,
  mapInWorkers,
  WorkerError,
} from './workers/map-in-workers.js'
export type { StageContext, StageModule } from './workers/run-batch.js'
