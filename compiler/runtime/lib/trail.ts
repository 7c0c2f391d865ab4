// What must leave a trace: calls to PUBLIC writes and actions, and of unsafe actions. The trail is written ahead: before anything is done there is
// a row that says "error, UNFINISHED", and the end of the call corrects it. So whatever was written has its row, also when the process dies; and
// where the row cannot be written nothing else is, on databases with and without transactions that span both.
import type { AnyContext } from './context.ts';
import { ApiError } from './errors.ts';
import type { Access, AnyRow, BatchOperation, Operation, Policy } from './policy.ts';
import type { Resource } from './resource.ts';
import type { Call } from './routes.ts';
import type { AuditEvent, Runtime } from './runtime.ts';

type Facts = Omit<AuditEvent, 'id' | 'outcome'>;
/** The row of one call. */
export interface Trail {
  /** Writes the row ahead: from here on something may be done. Rejects when it cannot be written. */
  begin(more?: Partial<Facts>): Promise<void>;
  /** Adds what the end of the call will say. */
  note(more: Partial<Facts>): void;
}

/** Runs work that leaves a trace whatever becomes of it. Rejects with what the audit store threw when the row cannot be written. */
export async function recorded<T>(rt: Runtime, facts: Facts, work: (trail: Trail) => Promise<T>): Promise<T> {
  const id = crypto.randomUUID();
  let known = facts;
  const trail: Trail = {
    begin: async (more) => {
      trail.note(more ?? {});
      await rt.audit({ id, ...known, outcome: 'begun' });
    },
    note: (more) => { known = { ...known, ...more }; },
  };
  let done: T;
  try {
    done = await work(trail);
  } catch (error) {
    await rt.audit({ id, ...known, ...failure(error) });
    throw error;
  }
  // An action may answer its own refusal.
  const refused = done instanceof Response && done.status >= 400 ? done.status : undefined;
  await rt.audit({ id, ...(refused === undefined ? {} : { errorCode: `HTTP_${refused}` }), ...known, outcome: outcomeOf(refused) });
  return done;
}

/** Errors of the API by their code; of all others nothing is told, because their text may hold values of rows. */
function failure(error: unknown): Pick<AuditEvent, 'outcome' | 'errorCode' | 'errorMessage'> {
  const known = error instanceof ApiError ? error : new ApiError('INTERNAL_ERROR');
  return { outcome: outcomeOf(known.status), errorCode: known.code, errorMessage: known.message };
}

function outcomeOf(status: number | undefined): 'success' | 'denied' | 'error' {
  return status === undefined ? 'success' : status < 500 ? 'denied' : 'error';
}

/** What is known of a call before it is looked at. */
export function factsOf(c: Call, r: Resource, ctx: AnyContext | undefined, kind: 'public' | 'unsafe', operation: string): Facts {
  const action = operation.startsWith('action:');
  return {
    event: `${kind}.${action ? operation.slice(7) : operation}`, resource: r.name, operation: action ? 'action' : operation, requestId: c.get('requestId'), method: c.req.method,
    ctx: ctx ?? { authenticated: false, isAnonymous: false, roles: [] },
  };
}

/** Runs a write. What is open to the public, and whoever calls without a session, leaves a trace. */
export async function traced<T>(c: Call, r: Resource, rt: Runtime, ctx: AnyContext, operation: string, write: (trail?: Trail) => Promise<T>): Promise<T> {
  if (ctx.authenticated && !isPublic(accessOf(r.policy, operation))) return write();
  return recorded(rt, factsOf(c, r, ctx, 'public', operation), async (trail) => {
    await trail.begin();
    return write(trail);
  });
}

function accessOf({ access, batch, actions }: Policy<AnyRow>, operation: string): Access<AnyRow> | undefined {
  if (operation.startsWith('action:')) return actions?.[operation.slice(7)]?.access;
  if (!operation.startsWith('batch.')) return access[operation as Operation];
  const name = operation.slice(6) as BatchOperation;
  return batch?.[name]?.access ?? access[name];
}

function isPublic(access: Access<AnyRow> | undefined): boolean {
  return access !== undefined && (access.roles?.includes('PUBLIC') || (access.any ?? access.all ?? []).some(isPublic));
}

