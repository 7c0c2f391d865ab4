// The rows of the audit trail, in the table audit_events: of the one database, or on D1 of a database of its own.
import type { Driver } from './driver.ts';
import type { AuditEvent } from './runtime.ts';

/** Where what must leave a trace goes. Rejects when the row cannot be written. */
export type AuditStore = (driver: Driver, now: () => Date) => (event: AuditEvent) => Promise<void>;

const COLUMNS = [
  'id', 'request_id', 'actor_user_id', 'actor_user_role', 'actor_org_id', 'action_name', 'resource', 'operation', 'target_scope', 'target_org_id', 'target_record_id',
  'unsafe_reason', 'result', 'row_count', 'error_code', 'error_message', 'metadata', 'created_at',
];
/** What the end of a call corrects. */
const END = ['result', 'row_count', 'error_code', 'error_message'];
const WRITE = `insert into "audit_events" (${COLUMNS.map((c) => `"${c}"`).join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`
  + ` on conflict ("id") do update set ${END.map((c) => `"${c}" = excluded."${c}"`).join(', ')}`;

/** Writes each event to its row: the first one of a call makes it, the last one says how it ended. */
export const auditTrail: AuditStore = (driver, now) => async (e) => {
  const begun = e.outcome === 'begun';
  const text = (value: string | undefined): string | null => value ?? null;
  await driver.all(WRITE, [
    e.id, text(e.requestId), text(e.ctx.userId), text(e.ctx.userRole), text(e.ctx.activeOrgId), e.event.slice(e.event.indexOf('.') + 1), e.resource, e.operation, text(e.targetScope), text(e.targetOrgId),
    text(e.recordId), text(e.reason), begun ? 'error' : e.outcome, e.rowCount ?? null, begun ? 'UNFINISHED' : text(e.errorCode), text(e.errorMessage),
    JSON.stringify({ event: e.event, method: e.method }), Number(now()),
  ]);
};
