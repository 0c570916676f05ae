with

versions as (

    select * from {{ ref('stg_city_makers') }}

),

-- The last row of a user in the file stands.
final as (

    select *
    from versions
    qualify
        row_number() over (
            partition by user_id
            order by source_line desc
        ) = 1

)

select * from final
