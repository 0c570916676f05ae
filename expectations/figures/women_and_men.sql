-- One row a pair of shares that the report prints for women and for men of the same people.
with

final as (

    select
        women.figure_id,
        men.figure_id as figure_of_men,
        women.value as share_of_women,
        men.value as share_of_men,
        women.value + men.value as together
    from figures as women
    inner join figures as men
        on replace(women.figure_id, 'women', 'men') = men.figure_id
    where
        women.figure_id like '%women%'
        and women.unit = 'percent'
        and men.unit = 'percent'

)

select * from final
order by figure_id
