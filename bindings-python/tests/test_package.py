import onroll


def test_the_template_is_the_cores() -> None:
    assert onroll.template_csv() == (
        "Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL\r\n"
    )


def test_it_has_a_version() -> None:
    assert onroll.__version__.count(".") == 2
