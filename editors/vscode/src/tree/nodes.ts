import type { Grant, Place, Project, Resource, Route } from '../protocol';

/** A line of the tree. */
export interface Node {
  /** The same for the same thing from one answer to the next, so that what was unfolded stays so. */
  id: string;
  label: string;
  description?: string;
  tooltip?: string;
  /** Name of a codicon. */
  icon: string;
  /** For the menus: "project", "feature", "resource", "internal", "route", "group" or "role". */
  context: string;
  /** Resource that it belongs to. */
  resource?: string;
  /** Project that it belongs to. */
  project: string;
  location?: Place;
  children: Node[];
  expanded?: boolean;
}

/** The tree: features of the only project, or projects with their features. */
export function nodesOf(projects: readonly Project[]): Node[] {
  const only = projects.length === 1 ? projects[0] : undefined;
  return only ? features(only) : projects.map((project) => ({
    id: project.uri,
    label: project.name,
    ...(project.complete ? {} : { description: 'has errors' }),
    tooltip: project.uri,
    icon: 'project',
    context: 'project',
    project: project.uri,
    children: features(project),
    expanded: true,
  }));
}

function features(project: Project): Node[] {
  return project.features.map((feature) => ({
    id: `${project.uri}#${feature.name}`,
    label: feature.name,
    icon: 'symbol-namespace',
    context: 'feature',
    project: project.uri,
    children: feature.resources.map((r) => resource(project.uri, r)),
    expanded: true,
  }));
}

function resource(project: string, r: Resource): Node {
  const id = `${project}#${r.id}`;
  const base = { id, label: r.name, project, resource: r.id, ...at(r.location) };
  if (r.internal) {
    return { ...base, description: 'internal', tooltip: `${r.name} has no policy, and no routes: only actions and triggers reach it.`, icon: 'lock', context: 'internal', children: [] };
  }
  const inner = (name: string, icon: string, routes: Route[]): Node[] =>
    routes.length === 0 ? [] : [{
      id: `${id}/${name}`, label: name, description: String(routes.length), icon, context: 'group', project, resource: r.id,
      children: routes.map((one) => route(`${id}/${name}`, project, r.id, one)),
    }];
  const who: Node = {
    id: `${id}/Who`, label: 'Who', description: r.who.length > 0 ? r.who.join(', ') : 'nobody', icon: 'organization', context: 'group', project, resource: r.id,
    children: r.who.map((role) => ({ id: `${id}/Who/${role}`, label: role, icon: 'account', context: 'role', project, resource: r.id, ...at(r.location), children: [] })),
  };
  return {
    ...base,
    tooltip: `${r.name}: ${r.routes.length + r.views.length + r.actions.length} ways in, for ${r.who.length > 0 ? r.who.join(', ') : 'nobody'}`,
    icon: 'table',
    context: 'resource',
    children: [...inner('Routes', 'link', r.routes), ...inner('Views', 'eye', r.views), ...inner('Actions', 'zap', r.actions), who],
  };
}

function route(parent: string, project: string, resource: string, r: Route): Node {
  const id = `${parent}/${r.name}`;
  return {
    id,
    label: r.name,
    description: `${r.method} ${r.path}`,
    tooltip: `${r.method} ${r.path}\n${described(r.who)}`,
    icon: iconOf(r),
    context: 'route',
    project,
    resource,
    ...at(r.location),
    children: r.who.map((g) => ({
      id: `${id}/${g.role}`, label: g.role, ...(g.some ? { description: 'some rows' } : {}), icon: 'account', context: 'role', project, resource, ...at(r.location), children: [],
    })),
  };
}

function described(who: readonly Grant[]): string {
  return who.length === 0 ? 'nobody' : who.map((g) => (g.some ? `${g.role} (some rows)` : g.role)).join(', ');
}

function iconOf(r: Route): string {
  if (r.who.length === 0) return 'circle-slash';
  return r.kind === 'action' ? 'zap' : r.kind === 'view' ? 'eye' : r.method === 'GET' ? 'arrow-small-down' : 'arrow-small-up';
}

/** An absent place stays absent: the compiler's exact optional types tell it from an undefined one. */
function at(location: Place | undefined): { location?: Place } {
  return location ? { location } : {};
}
