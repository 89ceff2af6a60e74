# ruff: noqa: RUF001 (the Turkish alphabet has two letters i)
"""Names as frequent as among students from abroad: a few family names are very common, most are rare."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from random import Random


@dataclass(frozen=True)
class Community:
    """People of one nationality: their share of the students in per cent, and their names, most common first."""

    nationality: str
    share: float
    family_names: tuple[str, ...]
    given_names: tuple[str, ...]


def _community(nationality: str, share: float, family_names: str, given_names: str) -> Community:
    given = tuple(name.replace("_", " ") for name in given_names.split())
    return Community(nationality, share, tuple(family_names.split()), given)


COMMUNITIES = (
    _community(
        "IND",
        26,
        "Kumar Singh Sharma Patel Kaur Das Reddy Gupta Yadav Khan Nair Verma Mishra Joshi Iyer Banerjee Chopra Desai "
        "Menon Pillai Rao Shah Thakur Agarwal Bhat Chatterjee Dutta Fernandes Ghosh Mehta",
        "Priya Rahul Anjali Amit Neha Arjun Pooja Vikram Divya Rohan Kavya Aditya Sneha Karthik Meera Sanjay Ishita",
    ),
    _community(
        "CHN",
        25,
        "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Liang Song Zheng Xie Han "
        "Tang Feng Yu Dong Xiao Cheng Cao Yuan Deng Fu Shen Zeng Peng Lü Jiang",
        "Yutong Haoran Zihan Yichen Mengqi Xinyi Jiahao Ruoxi Wei Jing Siyuan Yuxuan Chenxi Hao Lei Tianyi Qing",
    ),
    _community(
        "NGA",
        12,
        "Okafor Adeyemi Ibrahim Okonkwo Eze Balogun Musa Okeke Adebayo Bello Nwosu Ogunleye Abubakar Chukwu Lawal "
        "Uzor Ajayi Obi Afolabi Danjuma Onyeka Salami",
        "Chinedu Aisha Tunde Ngozi Emeka Funmilayo Ifeoma Yusuf Blessing Segun Amaka Hauwa Kelechi Zainab Obinna",
    ),
    _community(
        "PAK",
        9,
        "Khan Ahmed Ali Hussain Malik Iqbal Butt Shah Akhtar Raza Chaudhry Mahmood Qureshi Siddiqui Mirza Javed",
        "Ayesha Hamza Fatima Usman Zara Bilal Maryam Hassan Sana Omar Hira Talha Iqra Saad Mahnoor Faisal",
    ),
    _community(
        "USA",
        5,
        "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Anderson Taylor Thomas Moore "
        "Jackson O'Connor Lee Nguyen Thompson White Harris Clark Lewis Robinson",
        "Emily Michael Olivia Daniel Sophia Ethan Grace Jacob Hannah Noah Chloe Tyler Madison Lucas Ava Ryan",
    ),
    _community(
        "BGD",
        5,
        "Islam Rahman Hossain Akter Ahmed Begum Uddin Chowdhury Khatun Alam Sarkar Miah Hasan Karim",
        "Nusrat Tanvir Farhana Rakib Sumaiya Imran Tasnim Shakib Jannat Arif Mim Nayeem",
    ),
    _community(
        "NPL",
        4,
        "Shrestha Thapa Gurung Tamang Rai Karki Adhikari Magar Poudel Basnet Bhandari Sherpa Limbu",
        "Sita Bibek Anisha Suman Prakriti Dipesh Asmita Nabin Sabina Roshan",
    ),
    _community(
        "VNM",
        3,
        "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý",
        "Thị_Minh Văn_Đức Hương Anh Linh Tuấn Mai Quang Thảo Nam Trang Khánh",
    ),
    _community(
        "SAU",
        3,
        "Al-Otaibi Al-Ghamdi Al-Qahtani Al-Harbi Al-Zahrani Al-Shehri Al-Dosari Al-Mutairi Al-Anazi",
        "Mohammed Noura Abdullah Sara Khalid Reem Faisal Lama Sultan Hessa",
    ),
    _community(
        "TUR",
        3,
        "Yılmaz Kaya Demir Çelik Şahin Yıldız Öztürk Aydın Arslan Doğan Kılıç Aslan Çetin Güneş",
        "Zeynep Emre Elif Mert Ayşe Burak Deniz Selin Kerem Ece",
    ),
    _community(
        "KOR", 2, "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Shin", "Minji Jihoon Seoyeon Minjun Haeun Joon"
    ),
    _community(
        "BRA",
        2,
        "Silva Santos Oliveira Souza Lima Pereira Ferreira Costa Rodrigues Almeida Nascimento Araújo Gonçalves",
        "Ana João Beatriz Gabriel Larissa Lucas Júlia Rafael Letícia Matheus",
    ),
    _community("DEU", 1, "Müller Schmidt Schneider Fischer Weber Großmann Köhler", "Lena Jonas Marie Felix Hannah"),
)


class Census:
    """A source of people, who are the same for the same `random`."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._shares = list(accumulate(community.share for community in COMMUNITIES))
        self._ranks = {
            community.nationality: list(accumulate(1 / (rank + 2) for rank in range(len(community.family_names))))
            for community in COMMUNITIES
        }

    def draw(self) -> tuple[str, str, str]:
        """Return the family name, given names and nationality of a person."""
        [community] = self._random.choices(COMMUNITIES, cum_weights=self._shares)
        ranks = self._ranks[community.nationality]
        [family_name] = self._random.choices(community.family_names, cum_weights=ranks)
        given_names = self._random.choice(community.given_names)
        if self._random.random() < 0.4:
            given_names += f" {self._random.choice(community.given_names)}"
        return family_name, given_names, community.nationality
