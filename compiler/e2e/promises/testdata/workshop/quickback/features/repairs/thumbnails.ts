import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { photos } from './photos';

export const thumbnails = sqliteTable('thumbnails', {
  id: text('id').primaryKey(),
  photoId: text('photo_id').notNull().references(() => photos.id),
});
