int ck_dummy(void);
