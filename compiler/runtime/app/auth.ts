// src/auth/index.ts
import * as schema from './auth.schema.ts';
import { defineAuth } from '../lib/auth.ts';

export const auth = defineAuth({
  schema,
  organizations: true,
  roles: ['owner', 'admin', 'member', 'recruiter', 'interviewer'],
  roleHierarchy: ['member', 'admin', 'owner'],
  emailAndPassword: true,
  session: { expiresIn: 604800, updateAge: 86400 },
  trustedOrigins: [],
  plugins: [],
});
