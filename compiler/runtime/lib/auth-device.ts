// Devices without a browser (RFC 8628): the device shows a code, its user confirms it where they are signed in.
import { deviceAuthorization } from 'better-auth/plugins';
import type { AuthPart } from './auth.ts';

/** Where a user confirms, and how many seconds lie between two questions of a device. */
export interface DeviceOptions {
  readonly verificationUri?: string;
  readonly interval?: number;
}

/** Mounts /device/code and /device/token for the device, and /device, /device/approve and /device/deny for its user. */
export function devices({ verificationUri = '/device', interval = 5 }: DeviceOptions = {}): AuthPart {
  return () => ({ plugins: [deviceAuthorization({ verificationUri, interval: `${interval}s` })] });
}
