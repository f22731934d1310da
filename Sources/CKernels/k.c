int ck_dummy(void){return 0;}
