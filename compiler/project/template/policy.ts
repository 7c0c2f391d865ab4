
export default defineTable(todos, {
  // Which rows: those of the caller's active organization. Nobody sees another one's.
  firewall: { organization: {} },

  // Who may do what. `member+` is member and every role above it in auth.roleHierarchy.
  crud: {
    list: { access: { roles: ['member+'] }, pageSize: 25 },
    get: { access: { roles: ['member+'] } },
    create: { access: { roles: ['member+'] } },
    // Members change what they wrote themselves.
    update: {
      access: {
        or: [
          { roles: ['admin+'] },
          { roles: ['member'], record: { createdBy: { equals: '$ctx.userId' } } },
        ],
      },
    },
    delete: { access: { roles: ['admin+'] } },
  },

  // Which fields. A todo is completed by its actions and by nothing else.
  guards: {
    createable: ['title', 'details', 'contactEmail', 'priority'],
    updatable: ['title', 'details', 'contactEmail', 'priority'],
    protected: {
      state: ['complete', 'reopen'],
      completedAt: ['complete', 'reopen'],
    },
  },

  validation: {
    title: { minLength: 1, maxLength: 200 },
    contactEmail: { email: true },
  },

  // What is redacted, and for whom it is not: these roles, and whoever wrote the todo.
  masking: {
    contactEmail: { type: 'email', show: { roles: ['admin', 'owner'], or: 'owner' } },
  },

  // Named projections: GET /api/v1/todos/views/board
  views: {
    board: {
      fields: ['id', 'title', 'priority', 'state'],
      access: { roles: ['member+'] },
    },
  },

  defaultSort: { field: 'createdAt', order: 'desc' },
});

export type Todo = typeof todos.$inferSelect;
