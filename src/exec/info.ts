// Which executor an application gets, for display.
import { chooseExecutor } from './devices';
import type { ExecutorStats } from './executor';
import type { DeviceChoice } from './settings';

export interface ExecutorInfo {
  readonly name: 'cpu' | 'gpu';
  /** Why it was chosen, in words for users. */
  readonly reason: string;
  readonly stats: ExecutorStats;
}

/** The executor that calls with this `device` use. @throws DeviceError for `gpu` where there is none */
export async function executorInfo(device?: DeviceChoice): Promise<ExecutorInfo> {
  const { executor, reason } = await chooseExecutor(device);
  return { name: executor.name, reason, stats: { ...executor.stats } };
}
