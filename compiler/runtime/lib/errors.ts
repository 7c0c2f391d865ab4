// Every error this library can answer with: one closed list, one shape, one place that writes it.
import { getPath } from 'hono/utils/url';
import type { Runtime } from './routes.ts';

/** code: status, layer, message, hint. The same names stand in the OpenAPI file and the client. */
export const ERRORS = {
  AUTH_MISSING: [401, 'authentication', 'Authentication required', 'Send a session cookie or an Authorization header with a bearer token'],
  AUTH_INVALID_TOKEN: [401, 'authentication', 'Invalid credentials', 'Sign in again'],
  AUTH_EXPIRED: [401, 'authentication', 'Session expired', 'Sign in again'],
  AUTH_RATE_LIMITED: [429, 'authentication', 'Too many requests', 'Wait before trying again'],
  FIREWALL_NOT_FOUND: [403, 'firewall', 'Record not found or not accessible', 'Check the record ID and your organization membership'],
  ACCESS_ROLE_REQUIRED: [403, 'access', 'Insufficient permissions', 'Contact an administrator to grant necessary permissions'],
  ACCESS_CONDITION_FAILED: [403, 'access', 'The record does not allow this', 'Your role may do this only to records in another state'],
  ACCESS_NO_ORG: [403, 'access', 'No active organization', 'Choose an organization for this session'],
  ACCESS_ADMIN_REQUIRED: [403, 'access', 'Platform administrators only', undefined],
  ACCESS_ACTION_NOT_ALLOWED_FOR_STATE: [409, 'access', 'The record is not in a state that allows this action', undefined],
  ACCESS_TRANSITION_LOST: [409, 'access', 'The record changed meanwhile', 'Read the record again and retry'],
  GUARD_SYSTEM_MANAGED: [400, 'guards', 'Field is managed by the system', 'Leave these fields out: they are set automatically'],
  GUARD_FIELD_IMMUTABLE: [400, 'guards', 'Field cannot be changed after creation', 'Leave these fields out of updates'],
  GUARD_FIELD_PROTECTED: [400, 'guards', 'Field can only be changed by an action', 'Use the actions named in details'],
  GUARD_FIELD_NOT_CREATEABLE: [400, 'guards', 'Field cannot be set during creation', 'These fields are set automatically or must be omitted'],
  GUARD_FIELD_NOT_UPDATABLE: [400, 'guards', 'Field cannot be updated', 'Leave these fields out of updates'],
  VALIDATION_FAILED: [400, 'validation', 'Validation failed', undefined],
  INVALID_JSON: [400, 'validation', 'The body is not valid JSON', 'Send a JSON object'],
  QUERY_INVALID: [400, 'validation', 'Invalid query parameter', undefined],
  PAYLOAD_TOO_LARGE: [413, 'validation', 'The body is too large', undefined],
  BATCH_SIZE_EXCEEDED: [400, 'validation', 'Batch size limit exceeded', 'Split the records into several requests'],
  BATCH_MISSING_IDS: [400, 'validation', 'Records missing required ID field', 'All records must include an id field'],
  BATCH_ATOMIC_FAILED: [400, 'validation', 'Batch operation failed in atomic mode', 'Nothing was written. Fix the error and retry the entire batch.'],
  FK_NOT_FOUND: [400, 'database', 'Referenced record not found', 'Refer to records that exist in your organization'],
  NOT_NULL_VIOLATION: [400, 'database', 'A required field is missing', undefined],
  CHECK_VIOLATION: [400, 'database', 'A value breaks a rule of the table', undefined],
  UNIQUE_VIOLATION: [409, 'database', 'A record with these values already exists', 'Choose other values for these fields'],
  NOT_FOUND: [404, 'routing', 'Not found', undefined],
  METHOD_NOT_ALLOWED: [405, 'routing', 'Method not allowed', undefined],
  INTERNAL_ERROR: [500, 'internal', 'Internal error', undefined],
  MISSING_ENV: [503, 'internal', 'The server is not configured', undefined],
} as const;

export type ErrorCode = keyof typeof ERRORS;
type Details = Readonly<Record<string, unknown>>;

/** An error that is answered as it stands. */
export class ApiError extends Error {
  readonly status: number;
  /** The answer's body. `layer` is absent in the hide answer alone. */
  readonly body: { readonly error: string; readonly layer?: (typeof ERRORS)[ErrorCode][1]; readonly code: ErrorCode; readonly details?: Details; readonly hint?: string };
  constructor(readonly code: ErrorCode, details?: Details, private readonly given: { status?: number; error?: string; hint?: string; hide?: true; headers?: Readonly<Record<string, string>> } = {}) {
    const [status, layer, message, usual] = ERRORS[code], hint = given.hint ?? usual;
    super(given.error ?? message);
    this.status = given.status ?? status;
    this.body = { error: this.message, ...(given.hide ? {} : { layer }), code, ...(details ? { details } : {}), ...(hint && !given.hide ? { hint } : {}) };
  }

  get response(): Response {
    return Response.json(this.body, { status: this.status, headers: this.given.headers ?? {} });
  }
}

/** An error as an answer. */
export const refusal = (...given: ConstructorParameters<typeof ApiError>): Response => new ApiError(...given).response;

/** Ends the request with an error. */
export function fail(...given: ConstructorParameters<typeof ApiError>): never {
  throw new ApiError(...given);
}

/** Ends the request with QUERY_INVALID. */
export function invalid(parameter: string, reason: string): never {
  return fail('QUERY_INVALID', { parameter, reason }, { error: `Invalid query parameter: ${parameter}` });
}

/** Ends the start of a backend whose emitted parts do not fit together. */
export function fault(message: string): never {
  throw new Error(message);
}

/** What is told of an error. What is no ApiError goes to the log, and told is 500 with the request's id and nothing else. */
export function told({ log }: Pick<Runtime, 'log'>, error: unknown, request: Request, requestId: string = crypto.randomUUID()): ApiError {
  if (error instanceof ApiError) return error;
  log({ level: 'error', message: 'request failed', requestId, path: getPath(request), method: request.method, error });
  return new ApiError('INTERNAL_ERROR', { requestId });
}
export const errorResponse = (...given: Parameters<typeof told>): Response => told(...given).response;

/** The messages of an error and of its causes: drivers wrap the database's own words. */
export function messages(error: unknown, depth = 5): string {
  return error instanceof Error && depth > 0 ? `${error.message}\n${messages(error.cause, depth - 1)}` : '';
}
