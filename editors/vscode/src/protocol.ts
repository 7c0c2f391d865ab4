// What the server's own requests answer (docs/editor-protocol.md). Nothing here needs VS Code, so that what only turns one shape into
// another can be tested without it.

export interface Position {
  line: number;
  character: number;
}

export interface Place {
  uri: string;
  range: { start: Position; end: Position };
}

/** The one argument of commands and of code lenses. */
export interface Argument {
  /** Of any file or folder of the project. */
  uri?: string;
  /** "feature/file". */
  resource?: string;
  kind?: string;
  code?: string;
}

export interface Grant {
  role: string;
  /** For some rows only, or when a function says so. */
  some: boolean;
}

export interface Route {
  name: string;
  kind: string;
  method: string;
  path: string;
  location?: Place;
  who: Grant[];
}

export interface Resource {
  id: string;
  name: string;
  internal: boolean;
  location?: Place;
  who: string[];
  routes: Route[];
  views: Route[];
  actions: Route[];
}

export interface Project {
  name: string;
  /** Of its folder. */
  uri: string;
  complete: boolean;
  features: { name: string; resources: Resource[] }[];
}

/** Answer to qbls/tree. */
export interface Tree {
  projects: Project[];
}

export type Verdict = 'yes' | 'no' | 'rows' | 'function';

export interface Cell {
  role: string;
  verdict: Verdict;
  condition?: string;
  because: string[];
  location?: Place;
}

export interface Row {
  name: string;
  kind: string;
  method: string;
  path: string;
  location?: Place;
  /** One for each role of the matrix, in their order. */
  cells: Cell[];
}

/** Answer to qbls/matrix. */
export interface Matrix {
  uri: string;
  complete: boolean;
  roles: string[];
  resources: { id: string; name: string; location?: Place; rows: Row[] }[];
}

/** Answer to qbls/preview. */
export interface Preview {
  uri: string;
  languageId: string;
  text: string;
  stale: boolean;
}

export type State = 'unknown' | 'compiling' | 'written' | 'upToDate' | 'stale' | 'failed';

/** Answer to qbls/status, and the notification of that name. */
export interface Status {
  project: string;
  state: State;
  message?: string;
}

/** Answer to the commands that compile. */
export interface Compiled {
  compiled: boolean;
  message: string;
  /** Unified; missing when nothing was asked for or nothing changed. */
  diff?: string;
}

/** Answer to qbls.server.explain. */
export interface Explanation {
  code: string;
  markdown: string;
  page?: string;
}
